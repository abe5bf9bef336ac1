"""What happened to documents, as SQL: what was paid, credited and refunded, and the status that follows.

Each amount is a subquery on an index, correlated with the row of `documents` that is looked at.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, not_, or_, select
from sqlmodel import Session

from invoicing.document.documents import DocumentKind, TaxCategory
from invoicing.document.lifecycle import OPEN, Balance, Status
from invoicing.settlement.kinds import SettlementKind, effect
from storage.books import tables, total_tables
from storage.queries.statements import execute, table_of

_DOCUMENTS = table_of(tables.DocumentRow)
_OF = _DOCUMENTS.c
_PAYMENTS = table_of(tables.Payment)
_NOTES = _DOCUMENTS.alias("notes")


def signed(paid: Any) -> ColumnElement[int]:
    """What a row of `payments`, or of `former_payments`, adds to what was received or refunded."""
    others = {kind.value: effect(kind) for kind in SettlementKind if effect(kind) != 1}
    amount = case((paid.reverses_id.is_(None), paid.amount_minor), else_=-paid.amount_minor)
    found: ColumnElement[int] = case(others, value=paid.kind, else_=1) * amount
    return found


SIGNED = signed(_PAYMENTS.c)
"""What a payment adds to what was received, or a refund to what was refunded, as `payments.settled_minor`; a reversal
takes it away.
"""

_RECEIVED = (
    select(func.coalesce(func.sum(SIGNED), 0))
    .where(_PAYMENTS.c.document_id == _OF.id)
    .correlate(_DOCUMENTS)
    .scalar_subquery()
)
_REFUNDED = (
    select(func.coalesce(func.sum(SIGNED), 0))
    .select_from(_NOTES.join(_PAYMENTS, _PAYMENTS.c.document_id == _NOTES.c.id))
    .where(_NOTES.c.credits_id == _OF.id)
    .correlate(_DOCUMENTS)
    .scalar_subquery()
)
_CREDITED = (
    select(func.coalesce(func.sum(_NOTES.c.total_minor - _NOTES.c.withheld_minor), 0))
    .where(_NOTES.c.credits_id == _OF.id)
    .correlate(_DOCUMENTS)
    .scalar_subquery()
)
_HAS_HISTORY = select(
    or_(
        exists().where(_PAYMENTS.c.document_id == bindparam("id")),
        exists().where(_OF.credits_id == bindparam("id")),
    )
)
_IS_NOTE = _OF.kind == DocumentKind.CREDIT_NOTE.value
_PAYABLE = _OF.total_minor - _OF.withheld_minor

SIGN: ColumnElement[int] = case((_IS_NOTE, -1), else_=1)
"""What the amounts of a row of `documents` count with where credit notes are taken off."""

# Nearly all documents do: an index on what so few have not would be read whole.
COUNTS_BY_ITSELF: ColumnElement[bool] = func.coalesce(_OF.credits_id, "") == ""
"""The documents that have a balance of their own: all but the credit notes, which count on their invoice, unless that
is one of a former system.
"""

WANTED: ColumnElement[int] = SIGN * _PAYABLE - _CREDITED
"""What is wanted of a document that counts by itself, paid or not: what was payable less its credit notes."""

_DUE = WANTED - _RECEIVED + _REFUNDED
_ALONE = and_(_IS_NOTE, COUNTS_BY_ITSELF)
# What is paid back of a credit note, or used of it, is recorded as taken off.
_PAID = case((_ALONE, -1), else_=1) * _RECEIVED - _REFUNDED

DUE_BY_TAX_POINT: ColumnElement[bool] = or_(
    not_(_OF.cash_accounting), table_of(tables.DocumentTax).c.category != TaxCategory.STANDARD.value
)
"""The tax subtotals that do not wait for payment (`invoicing.settlement.cash.waits_for_payment`)."""

BALANCE: tuple[ColumnElement[object], ...] = (_OF.kind, _PAYABLE, _CREDITED, _RECEIVED, _REFUNDED, _OF.credits_id)
"""The columns that `balance_from` takes."""

DUE: ColumnElement[int] = case((COUNTS_BY_ITSELF, _DUE), else_=0)
"""What is due of a document, as `Balance.due_minor`."""

_PARTS = table_of(total_tables.DocumentInstalment)
_TODAY = bindparam("today", type_=_OF.due_date.type)
_UNPAID_PART = and_(_PARTS.c.document_id == _OF.id, _PARTS.c.until_minor > _PAID)
# The last instalment is due on the due date: what is late by that needs no look at the others.
_LATE = or_(
    _OF.due_date < _TODAY,
    exists().where(_PARTS.c.due_date < _TODAY, _UNPAID_PART).correlate(_DOCUMENTS),
)
_BELOW_ZERO = _PAYABLE < 0
_COVERED = case((_BELOW_ZERO, _CREDITED <= _PAYABLE), else_=and_(_PAYABLE > 0, _CREDITED >= _PAYABLE))
_SETTLED = case((_BELOW_ZERO, -_PAID), else_=_PAID)

NEXT_DUE: ColumnElement[date] = func.coalesce(
    select(func.min(_PARTS.c.due_date)).where(_UNPAID_PART).correlate(_DOCUMENTS).scalar_subquery(), _OF.due_date
)
"""The day on which the next part of what is owed is due, as `lifecycle.next_due`."""


def _either(note: ColumnElement[bool], invoice: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(and_(_IS_NOTE, note), and_(not_(_IS_NOTE), invoice))


# The same rules as `invoicing.lifecycle.status_of`; each asks for what is cheapest to know first.
STATUS: dict[str, ColumnElement[bool]] = {
    Status.ISSUED: _either(
        _PAID <= 0,
        case((_DUE > 0, and_(_PAID <= 0, not_(_LATE))), else_=and_(_SETTLED <= 0, not_(_COVERED))),
    ),
    Status.PARTIALLY_PAID: _either(
        and_(_PAID > 0, _PAID < _PAYABLE),
        case((_DUE > 0, and_(not_(_LATE), _PAID > 0)), else_=and_(_BELOW_ZERO, _DUE < 0, _PAID < 0, not_(_COVERED))),
    ),
    Status.PAID: _either(
        and_(_PAID > 0, _PAID >= _PAYABLE),
        and_(_SETTLED > 0, case((_BELOW_ZERO, _DUE == 0), else_=_DUE <= 0), not_(_COVERED)),
    ),
    Status.OVERDUE: and_(not_(_IS_NOTE), _LATE, _DUE > 0),
    Status.CREDITED: and_(not_(_IS_NOTE), _COVERED, _DUE <= 0),
    OPEN: and_(not_(_IS_NOTE), _DUE > 0),
}
"""The documents of each status, and the open ones; `today` is a parameter."""


def balance_from(
    kind: str,
    payable_minor: int,
    credited_minor: int,
    received_minor: int,
    refunded_minor: int,
    credits_id: str | None,
) -> Balance:
    """The balance of a row of `BALANCE`."""
    of_kind = DocumentKind(kind)
    if of_kind is DocumentKind.CREDIT_NOTE and credits_id is None:
        return Balance(of_kind, payable_minor, 0, -received_minor, alone=True)
    return Balance(of_kind, payable_minor, credited_minor, received_minor - refunded_minor)


def has_history(session: Session, document_id: str) -> bool:
    """Whether anything was paid of the document, or credited of it, whatever was reversed since."""
    return bool(execute(session, _HAS_HISTORY, {"id": document_id}).scalar_one())
