"""The reports of an organization: which there are, each with its period and choices in its address, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput, NotFound, Refusal
from invoicing.reports.figures import ReportName, SalesBy
from operations.access import open_books
from operations.customers import find_customers, resolve_customer
from operations.issue_dates import today_in
from operations.reports.asked import parts_of
from operations.reports.asking import FoundReport, ReportRequest, get_report
from operations.reports.files import export_report
from operations.rights import Right
from server.pages.figures.periods import PERIOD_MAX, usual_moments, usual_periods
from server.pages.figures.words import (
    by_word,
    column_word,
    name_word,
    part_word,
    question_word,
    report_word,
    rule_word,
    what_word,
)
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.rendering import nothing_here, see_other
from server.pages.sending import send_file, untold
from server.pages.visiting import Desk, Visitor
from storage.books.dimensions import load_dimensions
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_reports import aging_strips, month_charts, months_text, shown_report

_SHOWN = 50
_FIELDS = {"period": PERIOD_MAX, "customer": 200, "by": 60, "row": 500}
GROUPS = (
    (ReportName.RECEIVABLES_AGING, ReportName.STATEMENT, ReportName.SALES),
    (ReportName.TAX_SUMMARY, ReportName.EC_SALES, ReportName.TRIAL_BALANCE),
    (ReportName.AUDIT_TRAIL, ReportName.VERIFICATION),
)
_MADE_OF_DOCUMENTS = frozenset(
    {
        *(ReportName.RECEIVABLES_AGING, ReportName.SALES, ReportName.TAX_SUMMARY),
        *(ReportName.EC_SALES, ReportName.TRIAL_BALANCE),
    }
)
FILE_FORMATS = ("csv", "csv_semicolon", "xlsx")


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization("/reports", _reports),
        *desk.of_organization("/reports/{report}", _report),
        *desk.of_organization("/reports/{report}/file", _file),
    ]


async def _reports(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    open_books(visitor.office, organization, Right.READ)
    groups = zip(
        (gettext("Customers and sales"), gettext("Tax and accounts"), gettext("Evidence")), GROUPS, strict=True
    )
    return await show(
        visitor,
        organization,
        "reports.html",
        here="reports",
        title=gettext("Reports"),
        groups=[(word, [(str(one), report_word(one), question_word(one)) for one in names]) for word, names in groups],
    )


async def _report(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    name = _named(request)
    if name is None:
        return nothing_here()
    wanted = _wanted(request)
    place = f"{place_of(organization)}/reports/{name}"
    context: dict[str, Any] = {
        "found": None,
        "subject": "",
        "refused": "",
        "choices": [],
        "strips": [],
        "charts": [],
        "more": "",
    }
    status = 200
    try:
        if name is ReportName.STATEMENT and not wanted["customer"]:
            context["choices"] = await _customers(books, "", place, wanted)
        elif name is not ReportName.VERIFICATION or request.query_params.get("now") == "yes":
            context |= await _found(books, name, wanted, request.query_params.get("after", ""), place)
    except (InvalidInput, NotFound) as refusal:
        if "after" in request.query_params or wanted["row"]:
            # An address that was made by hand, cut off, or of what is no more.
            return see_other(place)
        context["refused"], status = message_of(refusal, on_page), 400
        if refusal.field == "customer":
            context["choices"] = await _customers(books, wanted["customer"], place, wanted)
    return await show(
        visitor,
        organization,
        "report.html",
        status=status,
        here="reports",
        title=report_word(name),
        name=str(name),
        wanted=wanted,
        rule=rule_word(name),
        here_address=place,
        whole_address=address_of_list(place, wanted | {"row": ""}),
        files=_files(place, name, wanted),
        **await _choices(books, name, wanted, place),
        **context,
        column_word=column_word,
        part_word=_part_word(name, wanted),
        what_word=what_word,
    )


async def _found(books: Books, name: ReportName, wanted: Mapping[str, str], cursor: str, place: str) -> dict[str, Any]:
    """What the page shows of a report that could be made."""
    found = await get_report(books, replace(_request(name, wanted), cursor=cursor, limit=_SHOWN))
    profile = await books.read(load_profile)
    whole = not wanted["row"]

    def why(key: str) -> str:
        return address_of_list(place, {**wanted, "customer": "", "row": key})

    of_documents = name in _MADE_OF_DOCUMENTS and whole
    bars = "net" if name is ReportName.SALES and whole and wanted["by"] != SalesBy.MONTH else ""
    shown = shown_report(
        found.report, profile, place_of(books.organization), why=why if of_documents else None, bars_of=bars
    )
    context: dict[str, Any] = {
        "found": shown,
        "of": _of(found, profile),
        "subject": "" if whole else _subject(found, wanted),
    }
    context["more"] = (
        address_of_list(place, {**wanted, "after": found.report.next_cursor}) if (found.report.next_cursor) else ""
    )
    if name is ReportName.RECEIVABLES_AGING and whole:
        context["strips"] = aging_strips(found.report.totals, profile, column_word, gettext("Owed"))
    if name is ReportName.SALES and whole and wanted["by"] == SalesBy.MONTH:
        each = address_of_list(place, {**wanted, "by": "month", "period": ""})
        context["charts"] = month_charts(
            found.report, found.months, profile, gettext("Net"), figure="net", why=f"{each}&period="
        )
    if wanted["customer"]:
        # It was just found under this name or id.
        context["subject"] = (await books.read(lambda db: resolve_customer(db, wanted["customer"]))).name
    context["statement"] = _statement(name, wanted, place_of(books.organization))
    return context


def _part_word(name: ReportName, wanted: Mapping[str, str]) -> Callable[[str], str]:
    """What the columns are called that say what the rows are of; documents are of customers."""
    of = name_word(name, wanted["by"]) if not wanted["row"] else gettext("Customer")
    if wanted["row"] and name is ReportName.TRIAL_BALANCE:
        of = name_word(name)
    words = {"name": of}
    if name is ReportName.AUDIT_TRAIL:
        words["number"] = gettext("Of what")
    return lambda part: words.get(part) or part_word(part)


def _of(found: FoundReport, profile: Profile) -> str:
    """Of which time a report is, as its heading says it."""
    formats = formats_of(profile, "")
    if not found.as_of:
        return months_text(found.months, formats)
    return gettext("At the end of %(day)s", day=formats.date(date.fromisoformat(found.as_of)))


def _subject(found: FoundReport, wanted: Mapping[str, str]) -> str:
    """What the figure is of whose documents are shown."""
    names = {row.parts.name for row in found.report.rows if row.parts}
    if found.name is ReportName.RECEIVABLES_AGING or (found.name is ReportName.SALES and not wanted["by"]):
        return next(iter(names), "")
    key = wanted["row"]
    parts = parts_of(key, key.count("/") + 1)
    return " ".join(part for part in parts if part and "_" not in part)


def _statement(name: ReportName, wanted: Mapping[str, str], place: str) -> str:
    """Where the account of the customer is whose open invoices are shown."""
    if name is not ReportName.RECEIVABLES_AGING or not wanted["row"]:
        return ""
    return address_of_list(f"{place}/reports/statement", {"customer": parts_of(wanted["row"], 2)[0]})


async def _file(request: Request, visitor: Visitor) -> Response:
    """The report, whole, in one of the formats of tables."""
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    name, file_format = _named(request), request.query_params.get("format", "")
    if name is None or name is ReportName.VERIFICATION or file_format not in FILE_FORMATS:
        return nothing_here()
    made = await export_report(books, _request(name, _wanted(request)), file_format, progress=untold)
    return await send_file(visitor, books, made.file.id)


def _named(request: Request) -> ReportName | None:
    name = request.path_params["report"]
    return next((one for group in GROUPS for one in group if one == name), None)


def _request(name: ReportName, wanted: Mapping[str, str]) -> ReportRequest:
    return ReportRequest(
        report=name, period=wanted["period"], customer=wanted["customer"], by=wanted["by"], row=wanted["row"]
    )


def _wanted(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:most] for name, most in _FIELDS.items()}


def _files(place: str, name: ReportName, wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where the report can be had as a file, each with what it is called."""
    if name is ReportName.VERIFICATION or (name is ReportName.STATEMENT and not wanted["customer"]):
        return []
    return [(address_of_list(f"{place}/file", {"format": one, **wanted}), file_word(one)) for one in FILE_FORMATS]


def file_word(file_format: str) -> str:
    """What a format of tables is called."""
    words = {"csv": gettext("CSV"), "csv_semicolon": gettext("CSV with semicolons"), "xlsx": gettext("Excel")}
    return words[file_format]


async def _choices(books: Books, name: ReportName, wanted: Mapping[str, str], place: str) -> dict[str, Any]:
    """The periods and the things to add up by that one chooses between, each with its address."""
    today = await books.read(lambda db: today_in(db, books))
    periods = usual_moments(today) if name is ReportName.RECEIVABLES_AGING else usual_periods(today)
    by: list[str] = []
    if name is ReportName.SALES:
        dimensions = await books.read(lambda db: [one.code for one in load_dimensions(db)])
        by = [*SalesBy, *(one for one in dimensions if one not in set(SalesBy))]
    return {
        "periods": []
        if name is ReportName.VERIFICATION
        else [(one, word, address_of_list(place, {**wanted, "period": one})) for one, word in periods],
        "ways": [
            (one, by_word(one), address_of_list(place, {**wanted, "row": "", "customer": "", "by": one})) for one in by
        ],
    }


async def _customers(books: Books, query: str, place: str, wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Customers that may be meant, each with the address of the same report of them."""
    try:
        found = await find_customers(books, query=query, cursor="", limit=_SHOWN)
    except Refusal:
        return []
    return [(one.name, address_of_list(place, {**wanted, "customer": one.id})) for one in found.items]
