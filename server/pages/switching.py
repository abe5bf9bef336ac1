"""What the switcher finds while somebody types, where one reaches more organizations than it holds."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput
from operations.organizations import list_organizations
from server.pages.organization_pages import SWITCHED_MAX
from server.pages.rendering import part
from server.pages.visiting import Desk, Visitor
from storage.paging import Page
from views.heads import found_for_switcher

_WORDS_MAX = 200


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/switcher", _found)]


async def _found(request: Request, visitor: Visitor) -> Response:
    query, here = (request.query_params.get(name, "").strip()[:_WORDS_MAX] for name in ("q", "here"))
    try:
        page, _ = await list_organizations(visitor.office, query=query, cursor="", limit=SWITCHED_MAX)
    except InvalidInput:
        # Nothing is called by a sign that cannot be seen, as words that were copied may have one.
        page = Page((), "", 0)
    return part("switcher.html", switcher=found_for_switcher(page.items, here, more=page.next_cursor != ""))
