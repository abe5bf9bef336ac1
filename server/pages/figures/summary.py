"""The first page of an organization: what needs whoever looks, what it comes to, and what comes next."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationRef
from invoicing.reports.figures import ReportName
from operations.access import is_allowed, open_books
from operations.finding_invoices import latest_invoices
from operations.known_credentials import is_connected
from operations.reports.asking import ReportRequest, get_report
from operations.rights import Right
from operations.summaries import Standing, standings
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.settings.lacking import lacking
from server.pages.visiting import Desk, Visitor
from server.pages.words import kind_word, status_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import document_row
from views.organizations import place_of
from views.shown_reports import shown_report
from views.summary import summary_shown

_WORST, _LATEST = 5, 5


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/summary", _summary)


async def _summary(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    profile = await books.read(load_profile)
    (standing,) = await standings(visitor.office, [organization])
    summary, place = standing.summary, place_of(organization)
    lacks = [lacking(one) for one in standing.blockers]
    context: dict[str, Any] = {"shown": None, "worst": [], "latest": [], "steps": [], "lacks": lacks}
    if summary is not None:
        title = gettext("Invoiced in the last twelve months")
        context["shown"] = summary_shown(standing, summary, profile, title=title, place=place)
        if summary.documents:
            context["latest"] = [document_row(one, profile) for one in await latest_invoices(books, limit=_LATEST)]
        else:
            context["steps"] = await _steps(visitor, organization, standing)
        if any(one.overdue_minor for one in standing.figures):
            context["worst"] = await _worst(books, place)
    principal = visitor.office.principal
    return await show(
        visitor,
        organization,
        "summary.html",
        here="summary",
        title=gettext("Summary"),
        summary=summary,
        may_set_up=is_allowed(Right.UPDATE_PROFILE, organization, principal),
        may_decide=is_allowed(Right.DECIDE_APPROVAL, organization, principal),
        status_word=status_word,
        kind_word=kind_word,
        **context,
    )


async def _worst(books: Books, place: str) -> list[Any]:
    """The customers with whom most is overdue, as the report has them, each with the address of its invoices."""
    found = await get_report(books, ReportRequest(report=ReportName.RECEIVABLES_AGING, limit=_WORST))
    profile = await books.read(load_profile)
    report = f"{place}/reports/receivables_aging"
    shown = shown_report(found.report, profile, place, why=lambda key: address_of_list(report, {"row": key}))
    overdue = shown.columns.index("overdue")
    return [(row, row.cells[overdue]) for row in shown.rows if not row.cells[overdue].nil]


async def _steps(
    visitor: Visitor, organization: OrganizationRef, standing: Standing
) -> list[tuple[str, str, str, bool]]:
    """The way to the first invoice: what each step is, where it is done, its button, and whether it is done."""
    place = place_of(organization)
    may_set_up = is_allowed(Right.UPDATE_PROFILE, organization, visitor.office.principal)
    return [
        (
            gettext("Complete the profile: who invoices, and where customers pay to"),
            f"{place}/settings/profile",
            gettext("Complete the profile") if may_set_up else gettext("See what is missing"),
            not standing.blockers,
        ),
        (
            gettext("Connect an AI client, so that it drafts what you tell it"),
            f"{place}/connections",
            gettext("Connect an AI client"),
            await is_connected(visitor.office, organization),
        ),
        (
            gettext("Issue the first invoice"),
            f"{place}/invoices",
            gettext("Go to the invoices"),
            False,
        ),
    ]
