"""What is owed of documents of a former system, for reports that read it together with what was issued here.

They are owed here from their opening day on: of an earlier day there is nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, case, func, literal, select

from invoicing.document.documents import DocumentKind
from storage.books import former_tables
from storage.books.balances import signed
from storage.queries.statements import table_of

FORMER, FORMER_PAYMENTS = table_of(former_tables.FormerDocument), table_of(former_tables.FormerPayment)
_OF, _PAID = FORMER.c, FORMER_PAYMENTS.c
_DAY = bindparam("day", type_=_OF.opening_day.type)
_BEFORE_ALL = literal(10**12, BigInteger)
"""Taken off the positions of former documents, they come before all that was issued here."""

SETTLED: ColumnElement[int] = signed(_PAID)
"""What a row of `former_payments` adds to what was received, or takes off what was paid back of a credit note."""

OPENED: ColumnElement[int] = case((_OF.kind == DocumentKind.CREDIT_NOTE.value, -_OF.open_minor), else_=_OF.open_minor)
"""What the customer came to owe on the opening day; less than zero of a credit note."""

_SETTLED_THEN = (
    select(func.coalesce(func.sum(SETTLED), 0))
    .where(_PAID.document_id == _OF.id, _PAID.paid_on <= _DAY)
    .correlate(FORMER)
    .scalar_subquery()
)
_OPEN_THEN = OPENED - _SETTLED_THEN

HEAD = (
    (_OF.position - _BEFORE_ALL).label("position"),
    _OF.id,
    _OF.number,
    _OF.issue_date,
    _OF.customer_name,
    _OF.currency,
)
"""What a report shows of a document before its amounts."""


def owed_then() -> Select[*tuple[Any, ...]]:
    """The columns of `receivables` at the end of the parameter `day`."""
    return select(
        _OF.id.label("document_id"),
        _OF.customer_id,
        _OF.currency,
        _OF.due_date,
        _OPEN_THEN.label("open_minor"),
        OPENED.label("wanted_minor"),
    ).where(_OF.opening_day <= _DAY)


def open_now(*conditions: Any) -> Select[*tuple[Any, ...]]:
    """Head, due date and what is open of the former documents that are open now."""
    owed = table_of(former_tables.FormerReceivable)
    return (
        select(*HEAD, _OF.due_date, owed.c.open_minor)
        .join_from(FORMER, owed, owed.c.document_id == _OF.id)
        .where(owed.c.open_minor != 0, *conditions)
    )


def open_then(*conditions: Any) -> Select[*tuple[Any, ...]]:
    """The same at the end of the parameter `day`."""
    return select(*HEAD, _OF.due_date, _OPEN_THEN).where(_OF.opening_day <= _DAY, _OPEN_THEN != 0, *conditions)
