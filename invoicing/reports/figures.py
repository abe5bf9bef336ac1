"""A report as rows of figures, whatever it is about: one shape for answers, files and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ReportName(StrEnum):
    RECEIVABLES_AGING = "receivables_aging"
    STATEMENT = "statement"
    TAX_SUMMARY = "tax_summary"
    EC_SALES = "ec_sales"
    SALES = "sales"
    TRIAL_BALANCE = "trial_balance"
    JOURNAL = "journal"
    VERIFICATION = "verification"
    AUDIT_TRAIL = "audit_trail"
    ACTIVITY = "activity"


class SalesBy(StrEnum):
    """What sales are added up by."""

    CUSTOMER = "customer"
    ITEM = "item"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the label of a row is made of, for whoever shows it in columns or in other words. `what` is a word for what
    it is, `document` the id or number under which the document is found that `number` is of, and `name` is whose or
    what else. `time` is that of the day at the organization's own place.
    """

    day: date | None = None
    time: str = ""
    what: str = ""
    number: str = ""
    document: str = ""
    name: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Figures of one thing.

    `key` names the row where what it is made of is asked for, and is empty where it is made of nothing else; `label`
    says what it is of. `amounts` are minor units of `currency`, each by its name; `accounting`, amounts in minor units
    of the currency of the books. `documents` says how many it is made of. `parts` are those of the label, where it has
    any.
    """

    label: str
    key: str = ""
    currency: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)
    accounting: Mapping[str, int] = field(default_factory=dict)
    documents: int = 0
    parts: Parts | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, or a page of one. `totals` are of all rows, on the page or not; `notes` say what the figures leave out.
    `accounting_currency` is that of the books.
    """

    rows: Sequence[Row]
    totals: Sequence[Row] = ()
    notes: Sequence[str] = ()
    accounting_currency: str = ""
    next_cursor: str = ""
    left: int = 0


def totals_of(rows: Iterable[Row], *, label: str = "Total") -> list[Row]:
    """The sums of rows: one for each currency, in the order of their codes."""
    found: dict[str, Row] = {}
    for row in rows:
        before = found.get(row.currency)
        found[row.currency] = (
            _added(before, row)
            if before
            else Row(
                label=label,
                currency=row.currency,
                amounts=row.amounts,
                accounting=row.accounting,
                documents=row.documents,
            )
        )
    return [found[currency] for currency in sorted(found)]


def _added(total: Row, row: Row) -> Row:
    return Row(
        label=total.label,
        currency=total.currency,
        amounts=_sums(total.amounts, row.amounts),
        # Of some rows it would be taken for all.
        accounting=_sums(total.accounting, row.accounting) if total.accounting and row.accounting else {},
        documents=total.documents + row.documents,
    )


def _sums(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in dict.fromkeys((*one, *other))}
