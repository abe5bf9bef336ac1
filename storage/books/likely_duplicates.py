"""Queries for what is probably entered a second time: an invoice, or a payment, that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.settlement.kinds import SettlementKind
from storage.books import former_tables, tables
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


class _Paid:
    """The statements on a table of payments."""

    def __init__(self, model: type[SQLModel]) -> None:
        self.kept = Kept(model, Payment, kind=SettlementKind)
        paid = self.kept.table.c
        of_that_day = self.kept.all.where(
            paid.paid_on == bindparam("day"), paid.amount_minor == bindparam("amount"), paid.reverses_id.is_(None)
        ).order_by(paid.position)
        self.of_the_document = of_that_day.where(paid.document_id == bindparam("document"))
        # Of other documents only what has a bank reference is looked at: a shop has very many equal payments a day
        # without one.
        self.with_reference = of_that_day.where(paid.reference != "")


_ISSUED, _FORMER = _Paid(tables.Payment), _Paid(former_tables.FormerPayment)


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
        return [one for of in (_ISSUED, _FORMER) for one in of.kept.find(session, of.with_reference, **values)]
    of = _FORMER if is_former(payment.document_id) else _ISSUED
    return of.kept.find(session, of.of_the_document, document=payment.document_id, **values)
