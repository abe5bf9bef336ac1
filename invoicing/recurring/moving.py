"""Days of the month before, moved on to the month that is drafted."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from invoicing.document.documents import Document
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.reports.months import month_of


@dataclass(frozen=True, slots=True)
class Supplied:
    """When a document is supplied: a day, or a period up to its `end`; `start` None is the day of its issue."""

    start: date | None
    end: date | None = None


def moved_on(day: date) -> date:
    """The same day of the next month: of a month's last day the next month's last, and where the next month has no such
    day, its last.
    """
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    last = _days_of(year, month)
    return date(year, month, last if day.day == _days_of(day.year, day.month) else min(day.day, last))


def supplied_next(document: Document, *, month: str, today: date) -> Supplied:
    """When the work of the document is supplied in the `month` after its own. What was supplied on the day of its issue
    is so again, where that day is still to come; what was issued late, in this month already, is supplied on its day.
    """
    late = month_of(document.supply_date) == month
    start = document.supply_date if late else moved_on(document.supply_date)
    if document.supply_end is not None:
        return Supplied(moved_on(document.supply_date), moved_on(document.supply_end))
    unstated = document.supply_date == document.issue_date
    return Supplied(None if unstated and start > today else start)


def moved(request: RequestedDocument, document: Document, *, month: str, today: date) -> RequestedDocument:
    """The request that was filled from the document, for the `month` after: its days, and those of its lines."""
    supplied = supplied_next(document, month=month, today=today)
    lines = tuple(
        _moved_line(line, earlier.supply_date, earlier.supply_end)
        for line, earlier in zip(request.lines, document.lines, strict=True)
    )
    return replace(request, supply_date=supplied.start, supply_end=supplied.end, lines=lines)


def _moved_line(line: RequestedLine, start: date | None, end: date | None) -> RequestedLine:
    return replace(line, supply_date=start and moved_on(start), supply_end=end and moved_on(end))


def _days_of(year: int, month: int) -> int:
    return monthrange(year, month)[1]
