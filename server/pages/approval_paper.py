"""The paper of what waits for approval, as it will stand: for whoever decides on it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import NotAllowed, NotFound
from operations.approval.showing import show_for_decision
from operations.paper import picture_of, printed_as_draft
from operations.rights import Right
from server.pages.documents import PICTURE_WIDTH, number_of_page
from server.pages.opening import books_to_act
from server.pages.visiting import Desk, Visitor

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/approvals/{document}/pages/{page}", _picture)


async def _picture(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.DECIDE_APPROVAL)
    page = number_of_page(request)
    try:
        shown = await show_for_decision(books, request.path_params["document"], to_sign=False)
    except NotAllowed:
        raise NotFound("There is no such page.") from None
    picture = await picture_of(books, await printed_as_draft(books, shown.document), page, width=PICTURE_WIDTH)
    return Response(picture.png, media_type="image/png", headers=_HEADERS)
