"""The months of an organization's books: which are closed, what is in each, and what to know before more are closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from invoicing.master_data.profiles import Profile
from invoicing.refusals import NotFound
from invoicing.reports.months import YEARS, Months, month_before, month_of, one_month
from operations.issue_dates import today_in
from storage.books import drafts
from storage.books.approvals import count_waiting
from storage.books.known import worked_out
from storage.books.periods import closed_through, closings
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.reports import Rows, sales_by_month

_ALL = Months(f"{YEARS.start}-01", f"{YEARS.stop - 1}-12")
_DRAFTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What the documents of a month come to in one currency, in minor units; credit notes are less than zero."""

    currency: str
    documents: int
    net_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month as in `2026-03`. One that is not `over` cannot be closed yet."""

    month: str
    closed: bool
    over: bool
    sums: tuple[MonthSum, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of periods: up to which month they are closed from then on, empty where all are open."""

    closed_through: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Periods:
    """The months from the present one back to the first with a document, and what was said of them, both the last
    first.
    """

    months: tuple[Month, ...]
    said: tuple[Said, ...]
    profile: Profile


@dataclass(frozen=True, slots=True)
class Closable:
    """What closing or opening a month is about: all months that it closes, or opens, the last first. `drafts` are dated
    in them and could not be issued with that date any more; `waiting` documents wait for approval.
    """

    month: Month
    months: tuple[Month, ...]
    drafts: int
    waiting: int
    profile: Profile


async def list_periods(books: Books) -> Periods:
    """The months of these books."""
    return await books.read(lambda db: _periods(db, books))


async def look_at_month(books: Books, month: str) -> Closable:
    """A month that can be closed, with the open ones before it; or that can be opened, with the closed ones after it.

    Raises:
        NotFound: no such month here, or it is not over yet.
    """

    def work(db: Session) -> Closable:
        wanted = one_month(month)
        found = _periods(db, books)
        one = next((each for each in found.months if each.month == wanted and each.over), None)
        if one is None or wanted != month:
            raise NotFound("month: no such month here.", field="month")
        if one.closed:
            months = tuple(each for each in found.months if each.closed and each.month >= month)
        else:
            months = tuple(each for each in found.months if not each.closed and each.month <= month)
        waiting, _ = count_waiting(db)
        dated = 0 if one.closed else sum(closed_through(db) < each <= month for each in _months_of_drafts(db))
        return Closable(one, months, dated, 0 if one.closed else waiting, found.profile)

    return await books.read(work)


def _periods(db: Session, books: Books) -> Periods:
    last, present = closed_through(db), month_of(today_in(db, books))
    sums: dict[str, list[MonthSum]] = {}
    sold: Rows = worked_out(db, ("sold by month",), lambda: sales_by_month(db, _ALL), rows=len)
    for month, currency, documents, net, _, total, *_ in sold:
        sums.setdefault(month, []).append(MonthSum(currency, documents, net, total))
    # The month before stands there in new books too: whoever begins later closes what was before.
    first = min([*sums, month_before(present), *([last] if last else [])])
    months, month = [], max([present, *sums])
    while month >= first:
        months.append(Month(month, month <= last, month < present, tuple(sums.get(month, ()))))
        month = month_before(month)
    said = tuple(Said(one.closed_through, one.recorded_at, one.recorded_by, one.reason) for one in closings(db))
    return Periods(tuple(months), said[::-1], load_profile(db))


def _months_of_drafts(db: Session) -> Iterator[str]:
    """The month of each draft that states its date."""
    cursor = ""
    while True:
        page = drafts.find_drafts(db, query="", customer="", cursor=cursor, limit=_DRAFTS_AT_ONCE)
        yield from (month_of(one.request.issue_date) for one in page.items if one.request.issue_date)
        if not (cursor := page.next_cursor):
            return
