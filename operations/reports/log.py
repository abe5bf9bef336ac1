"""An organization's activity log as a report: who did what through which program, and what came of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlmodel import Session

from invoicing.reports.figures import Report, ReportName, Row
from operations.access import Office
from operations.activity import list_activity, said_of
from operations.reports.asked import Asked
from operations.reports.asking import REPORTS, FoundReport, ReportRequest, asked_in, get_report, report_named
from operations.reports.trail import moments_of
from storage.books.pool import Books
from storage.books.profile import load_time_zone
from storage.directory.activity import Noted

EVERY_REPORT = (*REPORTS, ReportName.ACTIVITY, ReportName.VERIFICATION)
"""By name, as they are offered."""


async def get_any_report(books: Books, office: Office, request: ReportRequest) -> FoundReport:
    """A page of a report of the organization, or of its activity log, which lies in the directory.

    Raises:
        InvalidInput, NotFound: as `get_report`.
        NotAllowed: the log is not for the principal to read.
    """
    if report_named(request.report, among=EVERY_REPORT) is not ReportName.ACTIVITY:
        return await get_report(books, request)

    def work(db: Session) -> tuple[Asked, ZoneInfo]:
        return asked_in(db, books, ReportName.ACTIVITY, request), ZoneInfo(load_time_zone(db))

    asked, zone = await books.read(work)
    since, until = moments_of(asked.months, zone)
    page = await list_activity(
        office, books.organization, cursor=asked.cursor, limit=asked.limit, since=since, until=until
    )
    report = Report(
        rows=[_row(one, zone) for one in page.items],
        accounting_currency=asked.currency,
        next_cursor=page.next_cursor,
        left=page.left,
    )
    return FoundReport(name=ReportName.ACTIVITY, months=asked.months, as_of="", report=report)


def _row(one: Noted, zone: ZoneInfo) -> Row:
    return Row(label=f"{one.at.astimezone(zone):%Y-%m-%d %H:%M} {said_of(one)}")
