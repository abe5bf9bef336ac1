"""Exports of documents and of the journal: started here, followed while they are made, and those of before."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.document.former_records import FORMER
from invoicing.refusals import Conflict, InvalidInput, NotFound, Refusal
from operations.access import open_books
from operations.export_runs import ExportRun
from operations.file_readers import FileReader
from operations.files import ExportRequest
from operations.made_exports import past_exports
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.reading import day_of
from server.pages.rendering import part, see_other
from server.pages.sending import send_file
from server.pages.visiting import Desk, Visitor
from server.pages.words import export_word, standing_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_exports import past_row, run_row

_HERE = "exports"
_PAST_SHOWN = 50
_FIELDS = ("format", "from", "to", "kind")
_FORMATS = ("csv", "csv_semicolon", "xlsx", "json", "pdf", "journal_csv", "beancount", "xero", "quickbooks")
_OF_COUNTRIES = {"DE": ("datev",), "FR": ("fec",), "NO": ("saft",)}
"""Formats of the journal that are asked for in one country."""


def routes(desk: Desk) -> list[Route]:
    exports, started = partial(_exports, desk), partial(_started, desk)
    return [
        *desk.of_organization("/exports", exports, methods=["GET", "POST"]),
        *desk.of_organization("/exports/{export}", started),
        *desk.of_organization("/exports/{export}/progress", partial(_progress, desk)),
        *desk.of_organization("/exports/{export}/file", _file),
    ]


async def _exports(desk: Desk, request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    if request.method != "POST":
        return await _shown(desk, visitor, books, dict.fromkeys(_FIELDS, "") | {"format": "xlsx"})
    form = await visitor.form(request)
    typed = {name: form.text(name) for name in _FIELDS}
    try:
        asked = ExportRequest(
            format=typed["format"],
            issued_from=day_of(typed["from"], field="from"),
            issued_to=day_of(typed["to"], field="to"),
            kind=typed["kind"],
        )
        run = await desk.exports.start(books, asked)
    except (InvalidInput, Conflict) as refusal:
        return await _shown(desk, visitor, books, typed, refusal)
    return see_other(f"{place_of(books.organization)}/exports/{run.id}")


async def _shown(
    desk: Desk, visitor: Visitor, books: Books, typed: dict[str, str], refusal: Refusal | None = None
) -> Response:
    profile = await books.read(load_profile)
    formats, reader = formats_of(profile, ""), FileReader(visitor.office.store, visitor.office.principal)
    offered = [*_FORMATS, *_OF_COUNTRIES.get(profile.country, ())]
    runs = [one for one in await desk.exports.of(books) if not one.standing.is_over]
    return await show(
        visitor,
        books.organization,
        "exports.html",
        here=_HERE,
        status=200 if refusal is None else 409 if isinstance(refusal, Conflict) else 400,
        title=gettext("Exports"),
        refused=message_of(refusal, on_page) if refusal else "",
        field={"issued_from": "from", "issued_to": "to"}.get(refusal.field, refusal.field) if refusal else "",
        typed=typed,
        formats=[(one, export_word(one)) for one in offered],
        kinds=[
            ("", gettext("Invoices and credit notes")),
            ("invoice", gettext("Invoices")),
            ("credit_note", gettext("Credit notes")),
            (FORMER, gettext("Documents of a former system")),
        ],
        runs=[run_row(one, formats) for one in runs],
        past=[past_row(one, formats) for one in await past_exports(books, reader=reader, limit=_PAST_SHOWN)],
        kept_days=books.pool.limits.exports_kept_days,
        export_word=export_word,
        standing_word=standing_word,
    )


async def _started(desk: Desk, request: Request, visitor: Visitor) -> Response:
    """One that was started: how far it has come, and at its end the file."""
    books = await _books(request, visitor)
    try:
        run = await desk.exports.find(books, request.path_params["export"])
    except NotFound:
        return await show(visitor, books.organization, "export_gone.html", here=_HERE, status=404, title=_gone_title())
    return await show(
        visitor, books.organization, "export.html", here=_HERE, title=gettext("An export"), **await _about(books, run)
    )


async def _progress(desk: Desk, request: Request, visitor: Visitor) -> Response:
    """The same as the part of the page that changes."""
    books = await _books(request, visitor)
    run = await desk.exports.find(books, request.path_params["export"])
    return part("export_progress.html", place=place_of(books.organization), **await _about(books, run))


async def _about(books: Books, run: ExportRun) -> dict[str, Any]:
    formats = formats_of(await books.read(load_profile), "")
    return {
        "run": run_row(run, formats),
        "refused": message_of(run.refused, on_page) if run.refused else "",
        "notes": run.made.notes if run.made else (),
        "export_word": export_word,
        "standing_word": standing_word,
    }


async def _file(request: Request, visitor: Visitor) -> Response:
    """The file of an export, which comes piece by piece: it may be a long one."""
    return await send_file(visitor, await _books(request, visitor), request.path_params["export"])


async def _books(request: Request, visitor: Visitor) -> Books:
    return open_books(visitor.office, await visitor.organization(request), Right.READ)


def _gone_title() -> str:
    return gettext("This export is not under way")
