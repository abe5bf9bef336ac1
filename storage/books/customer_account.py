"""Queries of a customer's statement: what was invoiced, credited, paid and refunded, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, not_, select
from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from storage.books import former_tables, tables, total_tables
from storage.books.balances import COUNTS_BY_ITSELF, SIGNED
from storage.books.former_reports import FORMER, FORMER_PAYMENTS, OPENED, SETTLED
from storage.queries.statements import execute, table_of

_OF, _PAID = table_of(tables.DocumentRow).c, table_of(tables.Payment).c
_IS_NOTE = _OF.kind == DocumentKind.CREDIT_NOTE.value
_ON_INVOICE = not_(COUNTS_BY_ITSELF)
_PAYABLE = _OF.total_minor - _OF.withheld_minor
_BILLED: ColumnElement[int] = case((_IS_NOTE, -_PAYABLE), else_=_PAYABLE)
# What is refunded of a credit note is owed again.
_SETTLED: ColumnElement[int] = case((_ON_INVOICE, SIGNED), else_=-SIGNED)


@dataclass(frozen=True, slots=True)
class Event:
    """What changed a balance: a document, or (`reference` says how) a payment of it. `amount_minor` is more than zero
    where the customer came to owe more.
    """

    day: date
    document_id: str
    number: str
    what: str
    currency: str
    amount_minor: int


def _documents(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(_OF.customer_id == bindparam("customer"))


def _payments(*columns: Any) -> Select[*tuple[Any, ...]]:
    source = table_of(tables.Payment).join(table_of(tables.DocumentRow), _OF.id == _PAID.document_id)
    return select(*columns).select_from(source).where(_OF.customer_id == bindparam("customer"))


_FIRST, _LAST = (bindparam(name, type_=_OF.issue_date.type) for name in ("first_day", "last_day"))
_BILLED_BEFORE = _documents(_OF.currency, func.sum(_BILLED)).where(_OF.issue_date < _FIRST).group_by(_OF.currency)
_SETTLED_BEFORE = _payments(_OF.currency, func.sum(_SETTLED)).where(_PAID.paid_on < _FIRST).group_by(_OF.currency)
_BILLED_DURING = (
    _documents(_OF.issue_date, _OF.id, _OF.number, _OF.kind, _OF.currency, _BILLED)
    .where(_OF.issue_date.between(_FIRST, _LAST))
    .order_by(_OF.position)
)
_HOW = case((_PAID.reverses_id.is_not(None), "reversal"), (_ON_INVOICE, "refund"), else_=_PAID.kind)
_SETTLED_DURING = (
    _payments(_PAID.paid_on, _OF.id, _OF.number, _HOW, _OF.currency, _SETTLED)
    # A certificate changes nothing that is owed.
    .where(_PAID.paid_on.between(_FIRST, _LAST), SIGNED != 0)
    .order_by(_PAID.position)
)
# What a former system issued is owed here from its opening day on.
_FORMER, _FORMER_PAID = FORMER.c, FORMER_PAYMENTS.c
_OF_CUSTOMER = _FORMER.customer_id == bindparam("customer")
_OPENED = select(_FORMER.opening_day, _FORMER.id, _FORMER.number, literal("former_") + _FORMER.kind).add_columns(
    _FORMER.currency, OPENED
)
_OPENED_BEFORE = (
    select(_FORMER.currency, func.sum(OPENED))
    .where(_OF_CUSTOMER, _FORMER.opening_day < _FIRST)
    .group_by(_FORMER.currency)
)
_OPENED_DURING = _OPENED.where(
    _OF_CUSTOMER, _FORMER.opening_day.between(_FIRST, _LAST), _FORMER.open_minor > 0
).order_by(_FORMER.position)
_PAID_OF_FORMER = FORMER_PAYMENTS.join(FORMER, _FORMER.id == _FORMER_PAID.document_id)
_FORMER_SETTLED_BEFORE = (
    select(_FORMER.currency, func.sum(-SETTLED))
    .select_from(_PAID_OF_FORMER)
    .where(_OF_CUSTOMER, _FORMER_PAID.paid_on < _FIRST)
    .group_by(_FORMER.currency)
)
_HOW_OF_FORMER = case((_FORMER_PAID.reverses_id.is_not(None), "reversal"), else_=_FORMER_PAID.kind)
_FORMER_SETTLED_DURING = (
    select(_FORMER_PAID.paid_on, _FORMER.id, _FORMER.number, _HOW_OF_FORMER, _FORMER.currency, -SETTLED)
    .select_from(_PAID_OF_FORMER)
    .where(_OF_CUSTOMER, _FORMER_PAID.paid_on.between(_FIRST, _LAST), SETTLED != 0)
    .order_by(_FORMER_PAID.position)
)
_RECEIVABLE, _FORMER_RECEIVABLE = table_of(total_tables.Receivable).c, table_of(former_tables.FormerReceivable).c


def _owed_to(owed: Any, of: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(owed.document_id, owed.open_minor)
        .join(of.id.table, of.id == owed.document_id)
        .where(
            owed.customer_id == bindparam("customer"),
            owed.currency == bindparam("currency"),
            owed.open_minor < 0,
        )
        .order_by(of.position)
    )


# What a former system issued is the oldest.
_OWED_TO = (_owed_to(_FORMER_RECEIVABLE, _FORMER), _owed_to(_RECEIVABLE, _OF))


def balances_before(session: Session, customer_id: str, day: date) -> dict[str, int]:
    """What the customer owed before a day, by currency."""
    found: dict[str, int] = {}
    for statement in (_BILLED_BEFORE, _SETTLED_BEFORE, _OPENED_BEFORE, _FORMER_SETTLED_BEFORE):
        for currency, amount_minor in execute(session, statement, {"customer": customer_id, "first_day": day}):
            found[currency] = found.get(currency, 0) + int(amount_minor)
    return found


def owed_to_customer(session: Session, customer_id: str, currency: str) -> list[tuple[str, int]]:
    """The documents on which a customer is owed something in a currency, the oldest first, and how much."""
    values = {"customer": customer_id, "currency": currency}
    return [(row[0], -int(row[1])) for statement in _OWED_TO for row in execute(session, statement, values)]


def events_of(session: Session, customer_id: str, first: date, last: date) -> list[Event]:
    """What happened from a day to another one, by day: on the same one documents before payments."""
    values = {"customer": customer_id, "first_day": first, "last_day": last}
    events = [
        Event(*row)
        for statement in (_OPENED_DURING, _BILLED_DURING, _FORMER_SETTLED_DURING, _SETTLED_DURING)
        for row in execute(session, statement, values)
    ]
    return sorted(events, key=lambda event: event.day)
