"""Months that are closed: nothing is dated in them any more, until they are opened again for a reason."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.refusals import Conflict, InvalidInput
from invoicing.reports.months import month_before, month_of, one_month
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, PartOf
from operations.issue_dates import today_in
from operations.rights import Right
from storage.books import audit
from storage.books.periods import Closing, add_closing, closed_through, closings
from storage.books.pool import Books
from storage.books.states import settings_state

CLOSING, OPENING = "close_period", "open_period"


def _entries(db: Session, books: Books) -> list[Entry]:
    """What was said of periods, the last first, which alone counts."""
    said = list(reversed(closings(db)))
    return [
        Entry(
            one.closed_through or "(none)",
            {"by": one.recorded_by, "at": one.recorded_at.isoformat(timespec="minutes"), "reason": one.reason},
            active=index == 0,
        )
        for index, one in enumerate(said)
    ]


def _save(db: Session, books: Books, change: Change) -> str:
    month = _month(change.code)
    (_reopen if change.withdraw else _close)(db, books, month, change.reason)
    return _entries(db, books)[0].code


def _close(db: Session, books: Books, month: str, reason: str) -> None:
    """Close a month that is over, and all before it."""
    last = closed_through(db)
    if month <= last:
        raise Conflict(f"code: {month} is closed already; all up to the end of {last} is.", field="code")
    if month >= month_of(today_in(db, books)):
        raise InvalidInput(f"code: {month} is not over yet; a month is closed when it is.", field="code")
    _record(db, books, CLOSING, month, through=month, reason=clean_line(reason, field="reason"))


def _reopen(db: Session, books: Books, month: str, reason: str) -> None:
    """Open a month again, and all after it."""
    why = clean_line(reason, field="reason", required=True)
    if month > closed_through(db):
        raise Conflict(f"code: {month} is open.", field="code")
    _record(db, books, OPENING, month, through=month_before(month), reason=why)


def _record(db: Session, books: Books, act: str, month: str, *, through: str, reason: str) -> None:
    closing = Closing(through, reason, books.clock(), books.actor)
    add_closing(db, closing)
    detail: dict[str, object] = {"closed_through": through, "reason": reason, "settings": settings_state(db)}
    audit.record(db, act, month, at=closing.recorded_at, by=closing.recorded_by, detail=detail)


def _month(text: str) -> str:
    if (month := one_month(text)) is None:
        raise InvalidInput("code must be a month, such as 2026-03.", field="code")
    return month


PERIODS = PartOf(
    title="periods",
    fields={},
    read=_entries,
    save=_save,
    right=Right.CHANGE_PERIODS,
    withdrawing="the month and all after it are open again; reason says why",
)
