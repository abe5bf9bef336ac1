"""Queries on the journal for exports: the entries of a period with their sides, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, func, literal, select, union_all
from sqlmodel import Session

from invoicing.document.tags import tags_from_json, tags_text
from invoicing.exports.ledger.entries import Entry, Side
from storage.books import former_tables, tables
from storage.books.journal import EntryKind
from storage.books.total_tables import AccountTotal
from storage.queries.statements import execute, table_of
from storage.queries.tuples import after

_ENTRIES, _SIDES = table_of(tables.JournalEntry), table_of(tables.JournalLine)
_DOCUMENTS, _PAYMENTS = table_of(tables.DocumentRow), table_of(tables.Payment)
_ENTRY, _SIDE, _OF = _ENTRIES.c, _SIDES.c, _DOCUMENTS.c
_FORMER, _FORMER_PAYMENTS = table_of(former_tables.FormerDocument), table_of(former_tables.FormerPayment)
# What is of a former system names its entry, and not the entry it.
_OPENED, _SETTLED = _FORMER.alias("opened"), _FORMER_PAYMENTS.alias("settled")
_SETTLED_OF = _FORMER.alias("settled_of")
_IN_PERIOD = _ENTRY.entry_date.between(bindparam("first"), bindparam("last"))
_EXTENT = select(func.count(), func.min(_ENTRY.entry_date), func.max(_ENTRY.entry_date)).where(_IN_PERIOD)
_POSTED = select(table_of(AccountTotal).c.account).distinct().order_by(table_of(AccountTotal).c.account)
_TOTAL = table_of(AccountTotal).c
_BEFORE: BindParameter[Any] = bindparam("before")
_MONTHS_BEFORE = (
    select(_TOTAL.account, func.sum(_TOTAL.accounting_minor), func.sum(_TOTAL.unconverted))
    .where(_TOTAL.month >= bindparam("since"), _TOTAL.month < _BEFORE)
    .group_by(_TOTAL.account)
)
_DAYS_BEFORE = (
    select(
        _SIDE.account,
        func.coalesce(func.sum(_SIDE.accounting_minor), 0),
        func.count() - func.count(_SIDE.accounting_minor),
    )
    .join_from(_ENTRIES, _SIDES, _SIDE.entry_id == _ENTRY.id)
    .where(_ENTRY.entry_date >= bindparam("first"), _ENTRY.entry_date < _BEFORE)
    .group_by(_SIDE.account)
)
_ROWS = (
    select(
        _ENTRY.id,
        _ENTRY.entry_date,
        case(
            (_ENTRY.document_id.is_not(None), _OF.issued_at),
            else_=func.coalesce(_PAYMENTS.c.recorded_at, _OPENED.c.imported_at, _SETTLED.c.recorded_at),
        ),
        _ENTRY.description,
        *(
            func.coalesce(_OF[name], _OPENED.c[name], _SETTLED_OF.c[name])
            for name in ("number", "customer_id", "customer_name")
        ),
        case((_ENTRY.document_id.is_not(None), _OF.content), else_=""),
        _ENTRY.kind == EntryKind.FORMER.value,
    )
    .select_from(
        _ENTRIES.outerjoin(_PAYMENTS, _PAYMENTS.c.id == _ENTRY.payment_id)
        .outerjoin(_DOCUMENTS, _OF.id == func.coalesce(_ENTRY.document_id, _PAYMENTS.c.document_id))
        .outerjoin(_OPENED, _OPENED.c.entry_id == _ENTRY.id)
        .outerjoin(_SETTLED, _SETTLED.c.entry_id == _ENTRY.id)
        .outerjoin(_SETTLED_OF, _SETTLED_OF.c.id == _SETTLED.c.document_id)
    )
    .order_by(_ENTRY.entry_date, _ENTRY.id)
)
_IN_ORDER = _ROWS.where(_IN_PERIOD).limit(bindparam("at_most"))
_WANTED: BindParameter[Any] = bindparam("document")
_OF_DOCUMENT = _ROWS.where(
    _ENTRY.id.in_(
        union_all(
            select(_ENTRY.id).where(_ENTRY.document_id == _WANTED),
            select(_ENTRY.id)
            .join_from(_PAYMENTS, _ENTRIES, _ENTRY.payment_id == _PAYMENTS.c.id)
            .where(_PAYMENTS.c.document_id == _WANTED),
            select(_FORMER.c.entry_id).where(_FORMER.c.id == _WANTED),
            select(_FORMER_PAYMENTS.c.entry_id).where(_FORMER_PAYMENTS.c.document_id == _WANTED),
        )
    )
)
_SIDES_OF = (
    select(_SIDE.entry_id, _SIDE.account, _SIDE.debit_minor, _SIDE.credit_minor, _SIDE.currency, _SIDE.accounting_minor)
    .add_columns(_SIDE.dimensions)
    .where(_SIDE.entry_id.in_(bindparam("entries", expanding=True)))
    .order_by(_SIDE.entry_id, _SIDE.position)
)


@dataclass(frozen=True, slots=True)
class Days:
    """A period by days of entry, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Extent:
    """How many entries a period has, and the days of the first and the last one."""

    count: int
    first: date | None
    last: date | None


def extent(session: Session, days: Days) -> Extent:
    """What the period has."""
    return Extent(*execute(session, _EXTENT, {"first": days.first, "last": days.last}).one())


def posted_accounts(session: Session) -> tuple[str, ...]:
    """The accounts that anything was ever posted to, in the order of their numbers."""
    return tuple(execute(session, _POSTED).scalars())


def balances_before(session: Session, day: date, *, since: date | None = None) -> dict[str, tuple[int, int]]:
    """What was posted to each account before a day (from another day on, the first of a month): in minor units of the
    currency of the books, debits more than zero, and how many sides have no amount in it.
    """
    start = day.replace(day=1)
    months = execute(session, _MONTHS_BEFORE, {"since": f"{since or date.min:%Y-%m}", "before": f"{start:%Y-%m}"})
    days = execute(session, _DAYS_BEFORE, {"first": start, "before": day})
    found: dict[str, tuple[int, int]] = {}
    for account, minor, lacking in [*months.all(), *days.all()]:
        known = found.get(account, (0, 0))
        found[account] = (known[0] + int(minor), known[1] + int(lacking))
    return found


def entries_in_order(session: Session, days: Days, *, after_entry: Entry | None, limit: int) -> list[Entry]:
    """At most `limit` entries of the period by day and id, after one of them."""
    found, first = _IN_ORDER, days.first
    if after_entry is not None:
        # The index is entered at this day, and not at the first one for every page.
        first = after_entry.day
        position = (literal(after_entry.day), literal(after_entry.id))
        found = found.where(after((_ENTRY.entry_date, _ENTRY.id), position))
    values = {"first": first, "last": days.last, "at_most": limit}
    return _entries(session, execute(session, found, values).all())


def entries_of_document(session: Session, document_id: str) -> list[Entry]:
    """What was posted for a document: its own entry, and those of what settles it."""
    return _entries(session, execute(session, _OF_DOCUMENT, {"document": document_id}).all())


def _entries(session: Session, rows: Sequence[Any]) -> list[Entry]:
    sides = _sides(session, [row[0] for row in rows])
    return [
        Entry(entry_id, day, at.date(), text, number, customer, name, content, opening, tuple(sides.get(entry_id, ())))
        for entry_id, day, at, text, number, customer, name, content, opening in rows
    ]


def _sides(session: Session, ids: Sequence[str]) -> dict[str, list[Side]]:
    found: dict[str, list[Side]] = {}
    rows: list[Any] = list(execute(session, _SIDES_OF, {"entries": list(ids)}))
    for entry_id, *side in rows:
        side[-1] = tags_text(tags_from_json(side[-1]))
        found.setdefault(entry_id, []).append(Side(*side))
    return found
