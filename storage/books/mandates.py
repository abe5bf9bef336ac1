"""Queries for mandates: acknowledgements, of which rows are added and never change, and what a month's invoices are.

Of the rows on one subject the last one counts.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from invoicing.document.mandates import Acknowledgement
from storage.books import settings_tables, tables
from storage.queries.cache import remembered
from storage.queries.statements import execute, flat, table_of

_TABLE = table_of(settings_tables.MandateAcknowledgement)
_C = _TABLE.c
_IN_ORDER = select(_C.code, _C.handed_in, _C.recorded_at, _C.recorded_by, _C.draft, _C.customer).order_by(_C.position)
_LAST = select(func.coalesce(func.max(_C.position), 0))
_ADD = _TABLE.insert().inline()
_DOCUMENTS, _CUSTOMERS = table_of(tables.DocumentRow).c, table_of(tables.Customer).c
_OF_MONTH = (
    select(func.coalesce(func.sum(_DOCUMENTS.total_minor), 0))
    .join_from(_DOCUMENTS.id.table, _CUSTOMERS.id.table, _DOCUMENTS.customer_id == _CUSTOMERS.id)
    .where(
        _DOCUMENTS.kind == "invoice",
        _DOCUMENTS.currency == bindparam("currency"),
        _DOCUMENTS.issue_date.between(bindparam("first"), bindparam("last")),
        _CUSTOMERS.consumer.is_(False),
    )
)


def standing_acknowledgements(session: Session) -> tuple[Acknowledgement, ...]:
    """The acknowledgements that have not been withdrawn."""
    return remembered(session, ("mandate acknowledgements",), _read)


def add_acknowledgement(session: Session, acknowledgement: Acknowledgement) -> None:
    """Add a row; one with an empty `handed_in` withdraws what stood for the same code and draft."""
    position = int(execute(session, _LAST).scalar_one()) + 1
    execute(session, _ADD, {"position": position, **flat(acknowledgement)})


def month_gross_minor(session: Session, day: date, currency: str) -> int:
    """The total with tax of the invoices to others than consumers that were issued in the month of the day so far."""
    values = {"first": day.replace(day=1), "last": day, "currency": currency}
    return int(execute(session, _OF_MONTH, values).scalar_one())


def _read(session: Session) -> tuple[Acknowledgement, ...]:
    last: dict[tuple[str, str], Acknowledgement] = {}
    for row in execute(session, _IN_ORDER):
        one = Acknowledgement(*row)
        last[one.code, one.draft] = one
    return tuple(one for one in last.values() if one.handed_in)
