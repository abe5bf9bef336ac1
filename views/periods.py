"""Months of the books as they are shown: closed or open, and what is in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from operations.closing_periods import Closable, Month, Periods
from views.base import View
from views.listed_documents import formats_of


class SumShown(View):
    currency: str
    documents: int
    net: str
    total: str


class MonthShown(View):
    """A month; `state` is `closed`, `open` or, while it is not over, `running`."""

    month: str
    name: str
    state: str
    sums: list[SumShown]

    @property
    def documents(self) -> int:
        return sum(one.documents for one in self.sums)


class SaidShown(View):
    """What somebody said of periods; `closed_through` is empty where all were opened."""

    closed_through: str
    at: str
    by: str
    reason: str


class ClosableShown(View):
    """A month that is to be closed or opened, and all that are with it."""

    month: MonthShown
    months: list[MonthShown]
    closes: bool
    drafts: int
    waiting: int


Named = Callable[[str], str]
"""How a month is called in the reader's language."""


def months_shown(found: Periods, months: Iterable[Month], named: Named) -> list[MonthShown]:
    return [_shown(one, found, named) for one in months]


def said_shown(found: Periods, named: Named) -> list[SaidShown]:
    formats = formats_of(found.profile, "")
    return [
        SaidShown(
            closed_through=named(one.closed_through) if one.closed_through else "",
            at=formats.date(one.at.date()),
            by=one.by,
            reason=one.reason,
        )
        for one in found.said
    ]


def closable_shown(one: Closable, named: Named) -> ClosableShown:
    return ClosableShown(
        month=_shown(one.month, one, named),
        months=[_shown(month, one, named) for month in one.months],
        closes=not one.month.closed,
        drafts=one.drafts,
        waiting=one.waiting,
    )


def _shown(one: Month, found: Periods | Closable, named: Named) -> MonthShown:
    sums = []
    for each in one.sums:
        formats = formats_of(found.profile, each.currency)
        sums.append(
            SumShown(
                currency=each.currency,
                documents=each.documents,
                net=formats.amount(each.net_minor),
                total=formats.amount(each.total_minor),
            )
        )
    state = "closed" if one.closed else "open" if one.over else "running"
    return MonthShown(month=one.month, name=named(one.month), state=state, sums=sums)
