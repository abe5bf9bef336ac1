"""The journal of an organization: its entries by period, account and words, all in the address, and as a file."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput
from invoicing.reports.figures import Report, ReportName
from operations.access import open_books
from operations.journal import TEXT_MAX, JournalSearch, find_entries
from operations.reports.asking import ReportRequest
from operations.reports.files import export_report
from operations.rights import Right
from server.pages.figures.periods import PERIOD_MAX, usual_periods
from server.pages.figures.reports import FILE_FORMATS, file_word
from server.pages.figures.words import column_word, name_word, part_word, what_word
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.rendering import nothing_here, see_other
from server.pages.sending import send_file, untold
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.journal import entry_rows
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_reports import months_text, shown_report

_SHOWN = 50
_FIELDS = {"period": PERIOD_MAX, "account": 40, "q": TEXT_MAX}


def routes(desk: Desk) -> list[Route]:
    return [*desk.of_organization("/journal", _journal), *desk.of_organization("/journal/file", _file)]


async def _journal(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    wanted = {name: request.query_params.get(name, "").strip()[:most] for name, most in _FIELDS.items()}
    place, status, refused = f"{place_of(organization)}/journal", 200, ""
    try:
        context = await _found(books, wanted, request.query_params.get("after", ""), place)
    except InvalidInput as refusal:
        if "after" in request.query_params:
            # An address that was made by hand, or cut off.
            return see_other(place)
        refused, status = message_of(refusal, on_page), 400
        context = await _found(books, wanted | {"period": ""}, "", place)
    files = [
        (address_of_list(f"{place}/file", {"format": one, "period": wanted["period"]}), file_word(one))
        for one in FILE_FORMATS
    ]
    return await show(
        visitor,
        organization,
        "journal.html",
        status=status,
        here="journal",
        title=gettext("Journal"),
        wanted=wanted,
        refused=refused,
        limited=any(wanted.values()),
        beyond="after" in request.query_params,
        files=files,
        here_address=place,
        column_word=column_word,
        part_word=lambda part: name_word("trial_balance") if part == "name" else part_word(part),
        what_word=what_word,
        **context,
    )


async def _found(books: Books, wanted: dict[str, str], cursor: str, place: str) -> dict[str, Any]:
    search = JournalSearch(period=wanted["period"], account=wanted["account"], text=wanted["q"])
    found = await find_entries(books, search, cursor=cursor, limit=_SHOWN)
    profile = await books.read(load_profile)
    rows = entry_rows(found.entries, profile, place_of(books.organization))
    currencies = {side.currency for row in rows for side in row.sides}
    report = Report(rows=found.balances, accounting_currency=profile.currency)
    return {
        "rows": rows,
        "of": months_text(found.months, formats_of(profile, "")),
        "currency": next(iter(currencies)) if len(currencies) == 1 else "",
        "accounts": [("", gettext("All accounts")), *((one, f"{one} {name}") for one, name in found.accounts)],
        "balances": shown_report(report, profile, place_of(books.organization)) if found.balances else None,
        "periods": [
            (one, word, address_of_list(place, wanted | {"period": one})) for one, word in usual_periods(found.today)
        ],
        "more": address_of_list(place, wanted | {"after": found.next_cursor}) if found.next_cursor else "",
    }


async def _file(request: Request, visitor: Visitor) -> Response:
    """The journal of a period, whole, in one of the formats of tables."""
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    file_format = request.query_params.get("format", "")
    if file_format not in FILE_FORMATS:
        return nothing_here()
    asked = ReportRequest(report=ReportName.JOURNAL, period=request.query_params.get("period", "").strip()[:PERIOD_MAX])
    made = await export_report(books, asked, file_format, progress=untold)
    return await send_file(visitor, books, made.file.id)
