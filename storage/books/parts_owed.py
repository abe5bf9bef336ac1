"""What is owed, by the day on which it is due: of an invoice in instalments each by its own.

What was paid settles the earliest instalment first, and a credit note takes off the last one first. So what is wanted
of an invoice is that much of its instalments from the first on, and what was paid covers the beginning of it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, select

from storage.books import total_tables
from storage.queries.statements import table_of

_PARTS = table_of(total_tables.DocumentInstalment)


def open_by_day(owed: FromClause) -> Select[*tuple[Any, ...]]:
    """Customer, currency, due date, what is open and of how many invoices, from rows with the columns of `receivables`.
    An invoice counts once, on the day of its first instalment.
    """
    of, part = owed.c, _PARTS.c
    # What a customer is owed belongs to no instalment.
    each = (
        select(
            of.customer_id,
            of.currency,
            func.coalesce(part.due_date, of.due_date).label("due_date"),
            case((part.position.is_(None), of.open_minor), else_=_open_part(of.open_minor, of.wanted_minor)).label(
                "open_minor"
            ),
            case((func.coalesce(part.position, 1) == 1, 1), else_=0).label("invoices"),
        )
        .select_from(owed.outerjoin(_PARTS, and_(part.document_id == of.document_id, of.open_minor > 0)))
        .where(of.open_minor != 0)
        .subquery()
        .c
    )
    # What a customer is owed does not make up for what another invoice still wants.
    return select(
        each.customer_id, each.currency, each.due_date, func.sum(each.open_minor), func.sum(each.invoices)
    ).group_by(each.customer_id, each.currency, each.due_date, each.open_minor > 0)


def next_day(document: Any, open_minor: ColumnElement[int], wanted_minor: ColumnElement[int]) -> ColumnElement[date]:
    """The day of the first instalment of which something is open; the due date where there are none."""
    first = (
        select(func.min(_PARTS.c.due_date))
        .where(_PARTS.c.document_id == document.id, _PARTS.c.until_minor > wanted_minor - open_minor)
        .correlate_except(_PARTS)
        .scalar_subquery()
    )
    found: ColumnElement[date] = func.coalesce(first, document.due_date)
    return found


def _open_part(open_minor: ColumnElement[int], wanted_minor: ColumnElement[int]) -> ColumnElement[int]:
    """What is open of an instalment: as far as it is wanted, from where what was paid ends."""
    part, paid_minor = _PARTS.c, wanted_minor - open_minor
    end = case((part.until_minor < wanted_minor, part.until_minor), else_=wanted_minor)
    before = part.until_minor - part.amount_minor
    # Where more was refunded than is still paid, that is owed too, before all instalments.
    begin = case((and_(part.position > 1, before > paid_minor), before), else_=paid_minor)
    return case((end > begin, end - begin), else_=0)
