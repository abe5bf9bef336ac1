"""What was done at an organization, read and refused too, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput
from operations.access import is_allowed
from operations.activity import list_activity
from operations.rights import Right
from server.pages.organization_pages import show
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from views.activity import activity_shown
from views.organizations import place_of

_SHOWN = 100


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/activity", _activity)


async def _activity(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if not is_allowed(Right.READ_ACTIVITY, organization, visitor.office.principal):
        return nothing_here()
    cursor = request.query_params.get("after", "")
    try:
        page = await list_activity(visitor.office, organization, cursor=cursor, limit=_SHOWN)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(f"{place_of(organization)}/activity")
    return await show(
        visitor,
        organization,
        "activity.html",
        here="activity",
        title="Activity",
        entries=[activity_shown(one) for one in page.items],
        beyond=cursor != "",
        more=urlencode({"after": page.next_cursor}) if page.next_cursor else "",
    )
