"""What an organization's books come to at a glance: for lists of many organizations, none of whose books are opened.

A summary is kept beside the books. What moves with the calendar alone is kept so that it can be told for another day:
sums by month, and what is owed by the day on which it is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from invoicing.document.readiness import Blocker
from invoicing.remedies import remedy_on_record, remedy_record
from invoicing.reports.months import month_of

DUE_DAYS_KEPT = 90
"""For so many days ahead a summary knows what falls due on each; what is due later is one sum."""
SUMMARIES_REMEMBERED = 4_096
"""Of so many organizations the text of the summary is not taken apart again while it stays as it is."""
DRAFT_DAYS = 7
"""A draft that nobody has changed for so many days is an old one."""


@dataclass(frozen=True, slots=True)
class MonthSum:
    """How many documents a month has in a currency, and their total with tax less credit notes, in minor units."""

    month: str
    currency: str
    documents: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What customers owe in a currency, in its minor units: `late_minor` was due before the day of the summary, the
    first of it on `late_since`; `due` is what falls due on each of the next days, `later_minor` after those.
    `owed_to_customers_minor` is what they have paid beyond what they owed: the one does not make up for the other.
    """

    currency: str
    late_since: date | None = None
    late_minor: int = 0
    due: tuple[tuple[date, int], ...] = ()
    later_minor: int = 0
    owed_to_customers_minor: int = 0


@dataclass(frozen=True, slots=True)
class OpenMandate:
    """A mandate of which nobody has said yet how its documents are handed in: from which day on it holds, and whether a
    PDF is no invoice then (`strict`).
    """

    code: str
    name: str
    since: date
    strict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An organization's books at a glance, as they were on `day` at its own place. `blockers` keep it from issuing.
    `awaiting_approval` is how many documents wait for approval, of which `drafts_awaiting` are also among the drafts,
    and `returned` how many drafts came back from it. `months` begin with the January of the year before, in order.
    `drafts_changed` is on which day how many of the drafts that wait for nobody were changed last: what was so before
    the last days stands at the first of these days. `mandates` are those of a live organization that are in force or
    begin within a year; `first_document` is the day of issue of the first one.
    """

    day: date
    time_zone: str
    documents: int
    drafts: int
    customers: int
    items: int
    last_activity: datetime | None
    blockers: tuple[Blocker, ...]
    months: tuple[MonthSum, ...]
    owed: tuple[Owed, ...]
    awaiting_approval: int = 0
    drafts_awaiting: int = 0
    returned: int = 0
    drafts_changed: tuple[tuple[date, int], ...] = ()
    mandates: tuple[OpenMandate, ...] = ()
    first_document: date | None = None

    def __hash__(self) -> int:
        # Figures are remembered by it: what tells two apart nearly always is enough, and quick.
        return hash((self.day, self.last_activity, self.documents, self.drafts))

    def old_drafts_on(self, day: date) -> tuple[int, date | None]:
        """How many drafts are old on a day, and on which day the oldest of them was changed last."""
        old = [
            (changed, count) for changed, count in self.drafts_changed if changed <= day - timedelta(days=DRAFT_DAYS)
        ]
        return sum(count for _, count in old), min((changed for changed, _ in old), default=None)

    def tells_of(self, day: date) -> bool:
        """Whether it says what is overdue on this day."""
        return self.day <= day <= self.day + timedelta(days=DUE_DAYS_KEPT)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a summary says of a currency for a day, in minor units; totals are with tax, less credit notes."""

    currency: str
    open_minor: int = 0
    overdue_minor: int = 0
    overdue_since: date | None = None
    owed_to_customers_minor: int = 0
    this_month_minor: int = 0
    last_month_minor: int = 0
    this_year_minor: int = 0
    last_year_minor: int = 0


def owed_from(rows: Iterable[tuple[str, date, int]], day: date) -> tuple[Owed, ...]:
    """What is owed, from rows of currency, due date and open amount, by currency."""
    found: dict[str, Owed] = {}
    days: dict[str, dict[date, int]] = {}
    for currency, due_date, open_minor in rows:
        so_far = found.get(currency, Owed(currency))
        if open_minor < 0:
            so_far = replace(so_far, owed_to_customers_minor=so_far.owed_to_customers_minor - open_minor)
        elif due_date < day:
            since = min(due_date, so_far.late_since or due_date)
            so_far = replace(so_far, late_since=since, late_minor=so_far.late_minor + open_minor)
        elif due_date < day + timedelta(days=DUE_DAYS_KEPT):
            of = days.setdefault(currency, {})
            of[due_date] = of.get(due_date, 0) + open_minor
        else:
            so_far = replace(so_far, later_minor=so_far.later_minor + open_minor)
        found[currency] = so_far
    return tuple(
        replace(found[currency], due=tuple(sorted(days.get(currency, {}).items()))) for currency in sorted(found)
    )


@lru_cache(SUMMARIES_REMEMBERED)
def figures_on(summary: Summary, day: date) -> tuple[Figures, ...]:
    """What the summary says for a day that it tells of, by currency; none for a currency in which all is zero."""
    found = {one.currency: _owed_on(one, day) for one in summary.owed}
    month, year = month_of(day), str(day.year)
    last_month, last_year = month_of(day.replace(day=1) - timedelta(days=1)), str(day.year - 1)
    for one in summary.months:
        of = found.get(one.currency, Figures(one.currency))
        found[one.currency] = replace(
            of,
            this_month_minor=of.this_month_minor + one.total_minor * (one.month == month),
            last_month_minor=of.last_month_minor + one.total_minor * (one.month == last_month),
            this_year_minor=of.this_year_minor + one.total_minor * one.month.startswith(year),
            last_year_minor=of.last_year_minor + one.total_minor * one.month.startswith(last_year),
        )
    return tuple(found[currency] for currency in sorted(found) if found[currency] != Figures(currency))


def sum_of(figures: Iterable[Figures]) -> tuple[Figures, ...]:
    """Figures of several organizations together, by currency; `overdue_since` is the earliest of theirs."""
    by_currency: dict[str, list[Figures]] = {}
    for one in figures:
        by_currency.setdefault(one.currency, []).append(one)
    return tuple(_added(currency, by_currency[currency]) for currency in sorted(by_currency))


def _added(currency: str, some: Sequence[Figures]) -> Figures:
    return Figures(
        currency=currency,
        open_minor=sum(one.open_minor for one in some),
        overdue_minor=sum(one.overdue_minor for one in some),
        overdue_since=min((one.overdue_since for one in some if one.overdue_since), default=None),
        owed_to_customers_minor=sum(one.owed_to_customers_minor for one in some),
        this_month_minor=sum(one.this_month_minor for one in some),
        last_month_minor=sum(one.last_month_minor for one in some),
        this_year_minor=sum(one.this_year_minor for one in some),
        last_year_minor=sum(one.last_year_minor for one in some),
    )


def _owed_on(owed: Owed, day: date) -> Figures:
    late = [(due_date, minor) for due_date, minor in owed.due if due_date < day]
    since = owed.late_since or min((due_date for due_date, _ in late), default=None)
    return Figures(
        currency=owed.currency,
        open_minor=owed.late_minor + sum(minor for _, minor in owed.due) + owed.later_minor,
        overdue_minor=owed.late_minor + sum(minor for _, minor in late),
        overdue_since=since,
        owed_to_customers_minor=owed.owed_to_customers_minor,
    )


def summary_text(summary: Summary) -> str:
    """The summary as it is kept."""
    last = summary.last_activity
    return json.dumps(
        {
            "day": summary.day.isoformat(),
            "time_zone": summary.time_zone,
            "counts": [summary.documents, summary.drafts, summary.customers, summary.items],
            "awaiting": [summary.awaiting_approval, summary.drafts_awaiting, summary.returned],
            "drafts": [[changed.isoformat(), count] for changed, count in summary.drafts_changed],
            "mandates": [[one.code, one.name, one.since.isoformat(), one.strict] for one in summary.mandates],
            "first_document": summary.first_document.isoformat() if summary.first_document else "",
            "last_activity": last.isoformat() if last else "",
            "blockers": [
                [list(one.fields), one.text, remedy_record(one.remedy) if one.remedy else []]
                for one in summary.blockers
            ],
            "months": [[one.month, one.currency, one.documents, one.total_minor] for one in summary.months],
            "owed": [_owed_record(one) for one in summary.owed],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


@lru_cache(SUMMARIES_REMEMBERED)
def summary_from_text(text: str) -> Summary:
    """The summary that was kept as this text."""
    kept = json.loads(text)
    documents, drafts, customers, items = kept["counts"]
    awaiting, drafts_awaiting, returned = kept["awaiting"]
    return Summary(
        day=date.fromisoformat(kept["day"]),
        time_zone=kept["time_zone"],
        documents=documents,
        drafts=drafts,
        customers=customers,
        items=items,
        last_activity=datetime.fromisoformat(kept["last_activity"]) if kept["last_activity"] else None,
        blockers=tuple(
            Blocker(tuple(fields), told, remedy_on_record(remedy)) for fields, told, remedy in kept["blockers"]
        ),
        months=tuple(MonthSum(*one) for one in kept["months"]),
        owed=tuple(_owed_on_record(*one) for one in kept["owed"]),
        awaiting_approval=awaiting,
        drafts_awaiting=drafts_awaiting,
        returned=returned,
        drafts_changed=tuple((date.fromisoformat(changed), count) for changed, count in kept["drafts"]),
        mandates=tuple(
            OpenMandate(code, name, date.fromisoformat(since), strict) for code, name, since, strict in kept["mandates"]
        ),
        first_document=date.fromisoformat(kept["first_document"]) if kept["first_document"] else None,
    )


def _owed_record(owed: Owed) -> list[Any]:
    days = [[due_date.isoformat(), minor] for due_date, minor in owed.due]
    since = owed.late_since.isoformat() if owed.late_since else ""
    return [owed.currency, since, owed.late_minor, days, owed.later_minor, owed.owed_to_customers_minor]


def _owed_on_record(
    currency: str, since: str, late_minor: int, days: list[tuple[str, int]], later_minor: int, owed_minor: int
) -> Owed:
    return Owed(
        currency=currency,
        late_since=date.fromisoformat(since) if since else None,
        late_minor=late_minor,
        due=tuple((date.fromisoformat(due_date), minor) for due_date, minor in days),
        later_minor=later_minor,
        owed_to_customers_minor=owed_minor,
    )
