"""The tool `get_report`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.reports.figures import SalesBy
from operations.reports.asking import ReportRequest
from operations.reports.log import EVERY_REPORT, get_any_report
from tools.answers import PageAnswer, answer, page_note
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.organizations import heading, named
from views.reports import ReportAnswer, report_answer, report_lines


class ReportFound(PageAnswer, ReportAnswer):
    pass


_PERIOD = "2026, 2026-Q3, 2026-09 or 2026-04/2026-09; default: this year, for receivables_aging now"


async def get_report(
    books: ReadableBooks,
    office: TheOffice,
    report: Annotated[str, Field(description=", ".join(EVERY_REPORT))],
    period: Annotated[str, Field(description=_PERIOD)] = "",
    customer: Annotated[str, Field(description="Id or exact name; for statement, receivables_aging, sales")] = "",
    by: Annotated[str, Field(description=f"For sales: {', '.join(SalesBy)}, a dimension")] = "",
    row: Annotated[str, Field(description="Key of a row: lists the documents it is made of")] = "",
    cursor: Cursor = "",
    limit: WholeNumber = 25,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, ReportFound]:
    request = ReportRequest(report=report, period=period, customer=customer, by=by, row=row, cursor=cursor, limit=limit)
    found = await get_any_report(books, office, request)
    page = found.report
    structured = ReportFound.model_validate(
        {
            **report_answer(found),
            "organization": named(books.organization),
            "next_cursor": page.next_cursor,
            "left": page.left,
        }
    )
    lines = [*report_lines(found, structured), *page_note(page.left, page.next_cursor)]
    return answer(heading(books.organization), lines, structured)


TOOL = Description(
    get_report,
    title="Get report",
    text="Report on an organization: who owes what, the account of a customer, tax for the return, EC sales, sales,"
    " trial balance, journal, what was done by whom. Figures come in brackets with a key that lists their documents.",
    effect=Effect.READS,
)
