"""Queries on what changes the taxes of invoices after they were issued: settlements, as a discount for early payment
does, and under cash accounting all that is received, and credit notes.

Rows are only ever added here; the database refuses to change or delete them. The totals of a month are kept in step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.reports.months import month_of
from invoicing.settlement.discounts import TaxChange
from storage.books import tables
from storage.books.totals import add_tax_changes_to_totals
from storage.queries.statements import execute, insert_rows, table_of
from storage.work.asking import Ask, each

_TAXES = table_of(tables.SettlementTax)
_ADD = _TAXES.insert().inline()
_OF_EVENT = (
    select(
        _TAXES.c.tax_position,
        _TAXES.c.part,
        _TAXES.c.taxable_minor,
        _TAXES.c.tax_minor,
        _TAXES.c.accounting_taxable_minor,
        _TAXES.c.accounting_tax_minor,
    )
    .where(_TAXES.c.event_id == bindparam("event"))
    .order_by(_TAXES.c.tax_position, _TAXES.c.part)
)
_PAGE = 200
_EVENTS_AFTER = (
    select(_TAXES.c.event_id, _TAXES.c.document_id, _TAXES.c.month)
    .distinct()
    .where(_TAXES.c.event_id > bindparam("after"))
    .order_by(_TAXES.c.event_id)
    .limit(_PAGE)
)


def add_tax_changes(
    session: Session, event_id: str, document: Document, changes: Sequence[TaxChange], *, on: date
) -> None:
    """Add what an event changes in the taxes of an invoice, in the month of its day."""
    if not changes:
        return
    key = {"event_id": event_id, "document_id": document.id, "month": month_of(on)}
    insert_rows(session, _ADD, (key | row for change in changes for row in _rows(change)))
    add_tax_changes_to_totals(session, month_of(on), document, changes)


def changed(change: TaxChange) -> list[object]:
    """A change of a subtotal as it goes on record."""
    return [
        change.position,
        change.taxable_minor,
        change.tax_minor,
        change.accounting_taxable_minor,
        change.accounting_tax_minor,
        list(change.parts_minor),
        list(change.accounting_parts_minor),
    ]


def changes_of(session: Session, event_id: str) -> tuple[TaxChange, ...]:
    """What an event changed, as it was recorded."""
    found: list[TaxChange] = []
    for position, part, taxable, tax, accounting_taxable, accounting_tax in execute(
        session, _OF_EVENT, {"event": event_id}
    ):
        if part:
            last = found[-1]
            parts = ((*last.parts_minor, -tax), (*last.accounting_parts_minor, _less(accounting_tax)))
            found[-1] = replace(last, parts_minor=parts[0], accounting_parts_minor=parts[1])
        else:
            found.append(TaxChange(position, -taxable, -tax, _less(accounting_taxable), _less(accounting_tax)))
    return tuple(found)


def all_changes(ask: Ask) -> Iterator[tuple[str, str, str, tuple[TaxChange, ...]]]:
    """Id, invoice and month of each event that changes taxes, with what it changes."""
    return each(ask, _changes_after, "")


def _changes_after(key: str, session: Session) -> tuple[str, list[tuple[str, str, str, tuple[TaxChange, ...]]]] | None:
    rows = execute(session, _EVENTS_AFTER, {"after": key}).all()
    return (rows[-1][0], [(*row, changes_of(session, row[0])) for row in rows]) if rows else None


def reversed_changes(changes: Sequence[TaxChange]) -> tuple[TaxChange, ...]:
    """The changes that take these back."""
    return tuple(
        TaxChange(
            one.position,
            -one.taxable_minor,
            -one.tax_minor,
            _less(one.accounting_taxable_minor),
            _less(one.accounting_tax_minor),
            tuple(-part for part in one.parts_minor),
            tuple(_less(part) for part in one.accounting_parts_minor),
        )
        for one in changes
    )


def _rows(change: TaxChange) -> Iterator[dict[str, Any]]:
    """What was taken off is less than zero."""
    yield _row(
        change,
        0,
        (-change.taxable_minor, -change.tax_minor),
        (_less(change.accounting_taxable_minor), _less(change.accounting_tax_minor)),
    )
    for part, (tax, accounting) in enumerate(
        zip(change.parts_minor, change.accounting_parts_minor, strict=True), start=1
    ):
        yield _row(
            change, part, (-change.taxable_minor, -tax), (_less(change.accounting_taxable_minor), _less(accounting))
        )


def _row(
    change: TaxChange, part: int, amounts: tuple[int, int], accounting: tuple[int | None, int | None]
) -> dict[str, Any]:
    return {
        "tax_position": change.position,
        "part": part,
        "taxable_minor": amounts[0],
        "tax_minor": amounts[1],
        "accounting_taxable_minor": accounting[0],
        "accounting_tax_minor": accounting[1],
    }


def _less(amount: int | None) -> int | None:
    return None if amount is None else -amount
