"""An issued document: its PDF beside what was said in it, what it comes to, and what happened to it since."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from operations.access import open_books
from operations.file_readers import FileReader
from operations.files import read_file, render_document
from operations.invoices import get_invoice
from operations.rights import Right
from server.pages.organization_pages import show
from server.pages.visiting import Desk, Visitor
from server.pages.words import event_word, kind_word, status_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.shown_documents import shown_document

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The page of the document shows it within itself.
    "X-Frame-Options": "SAMEORIGIN",
}


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization("/invoices/{document}", _document),
        *desk.of_organization("/invoices/{document}/pdf", _pdf),
    ]


async def _books(request: Request, visitor: Visitor) -> Books:
    organization = await visitor.organization(request)
    return open_books(visitor.office, organization, Right.READ)


async def _document(request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    found = await get_invoice(books, request.path_params["document"])
    shown = shown_document(found, await books.read(load_profile))
    return await show(
        visitor,
        books.organization,
        "document.html",
        here="invoices",
        title=f"{kind_word(shown.kind)} {shown.number}",
        one=shown,
        status_word=status_word,
        event_word=event_word,
    )


async def _pdf(request: Request, visitor: Visitor) -> Response:
    """The PDF, to look at or to keep: the same bytes every time."""
    books = await _books(request, visitor)
    made = await render_document(books, request.path_params["document"], file_format="pdf")
    reader = FileReader(visitor.office.store, visitor.office.principal)
    stored, content = await read_file(books, made.file.id, reader=reader)
    named = f"inline; filename*=UTF-8''{quote(stored.file_name)}"
    return Response(content, media_type="application/pdf", headers=_HEADERS | {"Content-Disposition": named})
