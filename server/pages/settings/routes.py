"""The routes of all rooms of the settings."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from operations.organizations import get_organization
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.settings import branding, entries, final_acts, history, mandates, periods, policy, profile
from server.pages.settings.frame import SETTINGS, groups_of, may, opened
from server.pages.visiting import Desk, Visitor

_ROOMS = (profile, branding, policy, mandates, periods, entries, history, final_acts)
"""The modules of the rooms, and of what is done with the whole; each has its own `routes(desk)`."""


def routes(desk: Desk) -> list[Route]:
    """The routes of the settings."""
    rooms = (route for room in _ROOMS for route in room.routes(desk))
    return [*desk.of_organization(f"/{SETTINGS}", _settings), *rooms]


async def _settings(request: Request, visitor: Visitor) -> Response:
    """Every room with what it is for."""
    books = await opened(request, visitor)
    organization = books.organization
    details = await get_organization(books)
    return await show(
        visitor,
        organization,
        "settings_rooms.html",
        here=SETTINGS,
        title=gettext("Settings"),
        settings=groups_of(organization),
        acts=final_acts.final_acts(visitor, organization),
        missing=bool(details.blockers or details.live_blockers),
        may_fill_in=may(visitor, organization, Right.UPDATE_PROFILE),
        is_new="live" in request.query_params and not details.live_blockers,
    )
