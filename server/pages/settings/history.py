"""Who changed which setting when, and what is not any more as it was copied."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationKind
from invoicing.refusals import InvalidInput
from operations.configuration.configuring import get_history
from operations.configuration.history import history_told
from operations.copying.drift import Drift, get_drift
from server.pages.client_words import source_word
from server.pages.languages import N_, gettext
from server.pages.rendering import see_other
from server.pages.settings.frame import opened, place_of_room, show_room
from server.pages.settings.history_words import changed_field, changed_value, changed_what
from server.pages.settings.words import part_word
from server.pages.visiting import Desk, Visitor
from storage.books.profile import load_profile
from views.setting_changes import drift_shown, setting_change

HISTORY, DRIFT = "history", "drift"
_SHOWN = 50
_STATES = {
    Drift.NONE: N_("As it was copied"),
    Drift.HERE: N_("Changed here"),
    Drift.THERE: N_("Changed at the source"),
    Drift.BOTH: N_("Changed here and at the source"),
}


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization(f"/settings/{HISTORY}", _history),
        *desk.of_organization(f"/settings/{DRIFT}", _drift),
    ]


async def _history(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    place, cursor = place_of_room(books.organization, HISTORY), request.query_params.get("after", "")
    try:
        page = await history_told(visitor.office, await get_history(books, cursor=cursor, limit=_SHOWN))
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(place)
    profile = await books.read(load_profile)
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_history.html",
        room=HISTORY,
        changes=[setting_change(one, profile) for one in page.items],
        more=f"{place}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        beyond=cursor != "",
        what_word=changed_what,
        field_word=partial(changed_field, books.organization),
        value_word=partial(changed_value, books.organization),
    )


async def _drift(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    profile = await books.read(load_profile)
    found = [drift_shown(one, profile) for one in await get_drift(visitor.office, books)]
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_drift.html",
        room=DRIFT,
        # Whoever has to do with no practice hears of none.
        of_practice=books.organization.kind is OrganizationKind.PARTNER or bool(books.organization.partner_id),
        parts=[
            (one, part_word(one.part), source_word(one.source), gettext(_STATES[Drift(one.state)])) for one in found
        ],
    )
