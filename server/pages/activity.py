"""What was done at an organization, read and refused too, newest first; limited by the address alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput
from operations.access import is_allowed
from operations.activity import Door, list_activity
from operations.rights import Right
from server.pages.activity_words import did_word
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.reading import day_of
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import door_word, result_word
from storage.directory.activity import Noted
from storage.paging import Page
from views.activity import activity_shown
from views.organizations import place_of

_SHOWN = 100
_WORDS_MAX = 200
_FIELDS = ("q", "door", "from", "to")


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/activity", _activity)


async def _activity(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if not is_allowed(Right.READ_ACTIVITY, organization, visitor.office.principal):
        return nothing_here()
    wanted = {name: request.query_params.get(name, "").strip()[:_WORDS_MAX] for name in _FIELDS}
    place, cursor = f"{place_of(organization)}/activity", request.query_params.get("after", "")
    try:
        page = await _found(visitor, organization, wanted, cursor)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(place)
    return await show(
        visitor,
        organization,
        "activity.html",
        here="activity",
        title=gettext("Activity"),
        entries=[activity_shown(one) for one in page.items],
        wanted=wanted,
        limited=any(wanted.values()),
        doors=[("", gettext("Everywhere")), *((one.value, door_word(one.value)) for one in Door)],
        did_word=did_word,
        door_word=door_word,
        result_word=result_word,
        beyond=cursor != "",
        here_address=place,
        more=address_of_list(place, wanted | {"after": page.next_cursor}) if page.next_cursor else "",
    )


async def _found(
    visitor: Visitor, organization: OrganizationRef, wanted: Mapping[str, str], cursor: str
) -> Page[Noted]:
    """What is wanted of the log; days are those of UTC, as its times are.

    Raises:
        InvalidInput: a day that is none.
    """
    since, until = (day_of(wanted[name], field=name) for name in ("from", "to"))
    first = since or date(2000, 1, 1)
    last = until or date(9998, 1, 1)
    return await list_activity(
        visitor.office,
        organization,
        cursor=cursor,
        limit=_SHOWN,
        since=datetime.combine(first, time(), UTC),
        until=datetime.combine(last, time(), UTC) + timedelta(days=1),
        said=wanted["q"],
        door=wanted["door"],
    )
