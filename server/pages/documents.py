"""An issued document: its paper beside what was said in it, what it comes to, and what happened to it since."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import NotFound
from operations.access import is_allowed, open_books
from operations.file_readers import FileReader
from operations.invoices import entries_of, get_invoice
from operations.paper import Paper, paper_of, picture_of, shapes_of
from operations.rights import Right
from server.pages.organization_pages import show
from server.pages.visiting import Desk, Visitor
from server.pages.words import done_word, event_word, kind_word, status_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.shown_documents import ShownDocument, acts_of, shown_document, shown_entries

PICTURE_WIDTH = 1_100
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ASK_AGAIN = "private, no-cache"
"""A browser keeps it, and asks each time whether it may show it: after the sign-out it may not."""


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization("/invoices/{document}", _document),
        *desk.of_organization("/invoices/{document}/pdf", _pdf),
        *desk.of_organization("/invoices/{document}/pages/{page}", _picture),
    ]


async def _books(request: Request, visitor: Visitor) -> Books:
    organization = await visitor.organization(request)
    return open_books(visitor.office, organization, Right.READ)


async def _document(request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    found = await get_invoice(books, request.path_params["document"])
    profile = await books.read(load_profile)
    shown = shown_document(found, profile)
    return await show(
        visitor,
        books.organization,
        "document.html",
        here="invoices",
        title=f"{kind_word(shown.kind)} {shown.number}",
        one=shown,
        acts=_acts(visitor, books, shown),
        shapes=() if shown.former else await shapes_of(books, await _paper(visitor, books, shown.key)),
        entries=shown_entries(*await entries_of(books, shown.key), profile),
        done=done_word(request.query_params.get("done", ""), shown.number),
        status_word=status_word,
        event_word=event_word,
    )


def _acts(visitor: Visitor, books: Books, shown: ShownDocument) -> frozenset[str]:
    """What this visitor can do with it."""
    rights = {"pay": Right.RECORD_PAYMENT, "reverse": Right.RECORD_PAYMENT, "credit": Right.CREDIT}
    if books.organization.archived:
        return frozenset()
    principal = visitor.office.principal
    return frozenset(act for act in acts_of(shown) if is_allowed(rights[act], books.organization, principal))


async def _paper(visitor: Visitor, books: Books, key: str) -> Paper:
    return await paper_of(books, key, reader=FileReader(visitor.office.store, visitor.office.principal))


async def _pdf(request: Request, visitor: Visitor) -> Response:
    """The PDF, to look at or to keep: the same bytes every time."""
    books = await _books(request, visitor)
    paper = await _paper(visitor, books, request.path_params["document"])
    headers = _HEADERS | {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(paper.file.file_name)}",
    }
    return Response(paper.pdf, media_type="application/pdf", headers=headers)


async def _picture(request: Request, visitor: Visitor) -> Response:
    """A page of the PDF as a picture, which is another only where the PDF is."""
    books = await _books(request, visitor)
    page = number_of_page(request)
    paper = await _paper(visitor, books, request.path_params["document"])
    etag = f'"{paper.file.sha256}-{page}-{PICTURE_WIDTH}"'
    headers = _HEADERS | {"Cache-Control": _ASK_AGAIN, "ETag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    picture = await picture_of(books, paper.pdf, page, width=PICTURE_WIDTH)
    return Response(picture.png, media_type="image/png", headers=headers)


def number_of_page(request: Request) -> int:
    """The page that the address names.

    Raises:
        NotFound: it names none.
    """
    text = request.path_params["page"]
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise NotFound("The document has no such page.")
    return int(text)
