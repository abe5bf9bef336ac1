"""Queries for what is probably entered a second time: an invoice, or a payment, that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.settlement.kinds import SettlementKind
from storage.books import tables
from storage.books.balances import COUNTS_BY_ITSELF
from storage.books.documents import IssuedDocument, document_by_id_or_number
from storage.books.payments import Payment
from storage.queries.statements import Kept, execute, table_of

_NEWEST = 20

_DOCUMENTS = table_of(tables.DocumentRow).c
_ALIKE = (
    select(_DOCUMENTS.id, _DOCUMENTS.issue_date)
    .where(
        _DOCUMENTS.customer_id == bindparam("customer"),
        _DOCUMENTS.total_minor == bindparam("total"),
        _DOCUMENTS.kind == bindparam("kind"),
        COUNTS_BY_ITSELF,
        _DOCUMENTS.currency == bindparam("currency"),
    )
    .order_by(_DOCUMENTS.position.desc())
    .limit(_NEWEST)
)
_PAYMENTS = Kept(tables.Payment, Payment, kind=SettlementKind)
_PAID = _PAYMENTS.table.c
_OF_THAT_DAY = _PAYMENTS.all.where(
    _PAID.paid_on == bindparam("day"), _PAID.amount_minor == bindparam("amount"), _PAID.reverses_id.is_(None)
).order_by(_PAID.position)
_OF_THE_DOCUMENT = _OF_THAT_DAY.where(_PAID.document_id == bindparam("document"))
# Of other documents only what has a bank reference is looked at: a shop has very many equal payments a day without one.
_WITH_REFERENCE = _OF_THAT_DAY.where(_PAID.reference != "")


def invoices_alike(session: Session, document: Document) -> Iterator[IssuedDocument]:
    """Documents of the document's kind, customer, total and currency that count by themselves, and were issued on its
    day, or may have been supplied on it; the newest first, each read when it is asked for.
    """
    values = {
        "kind": document.kind.value,
        "customer": document.customer,
        "total": document.total_minor,
        "currency": document.currency,
    }
    supplied_apart = document.supply_date != document.issue_date
    for invoice_id, issue_date in execute(session, _ALIKE, values).all():
        if supplied_apart or issue_date == document.issue_date:
            found = document_by_id_or_number(session, invoice_id)
            if found is not None:
                yield found


def payments_alike(session: Session, payment: Payment) -> list[Payment]:
    """Payments of this amount on this day that may be this one, in the order in which they were recorded: with a bank
    reference those of any document that have one, without it those of the same document. Reversals are left out.
    """
    values = {"day": payment.paid_on, "amount": payment.amount_minor}
    if payment.reference:
        return _PAYMENTS.find(session, _WITH_REFERENCE, **values)
    return _PAYMENTS.find(session, _OF_THE_DOCUMENT, document=payment.document_id, **values)
