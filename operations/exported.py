"""What an export takes from the books: documents as they are stored, their balances, payments and accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.exports.carried import CarriedDocument, CarriedHead, write_document, write_head
from invoicing.exports.rows import ExportedAccounts, ExportedPayment
from storage.books import payments, posted
from storage.books.documents import DocumentFilter
from storage.books.payments import Payment
from storage.books.profile import load_profile
from storage.books.setup import load_setup
from storage.books.stored_documents import texts_in_order

_BATCH = 200


def carry_documents(db: Session, wanted: DocumentFilter, today: date, path: Path, check: Callable[[], None]) -> None:
    """Write what an export shows of the wanted documents to `path`, oldest first; `check` is called now and then, and
    ends it where it raises. All of it is of one transaction, so that an export shows one moment.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write_head(file, CarriedHead(today, load_profile(db).currency, _accounts(db)))
        position = 0
        while batch := texts_in_order(db, wanted, after_position=position, limit=_BATCH):
            ids = [stored.id for stored in batch]
            paid, accounts = payments.payments_of_several(db, ids), posted.accounts_posted(db, ids)
            for stored in batch:
                shown = tuple(_payment(one, stored.balance.kind) for one in paid.get(stored.id, ()))
                accounts_of = accounts.get(stored.id, frozenset())
                carried = CarriedDocument(stored.content, stored.hash, stored.balance, shown, accounts_of)
                write_document(file, carried)
            position = batch[-1].position
            check()


def _accounts(db: Session) -> dict[DocumentKind, ExportedAccounts]:
    postings = {kind: load_setup(db, kind).posting for kind in DocumentKind}
    return {
        kind: ExportedAccounts(
            receivable=posting.receivable, revenue=posting.revenue, discount=posting.discount, tax=posting.tax_payable
        )
        for kind, posting in postings.items()
    }


def _payment(payment: Payment, kind: DocumentKind) -> ExportedPayment:
    went_out = kind is DocumentKind.CREDIT_NOTE
    # A refund goes out, and so does a payment that is reversed; the reversal of a refund comes in again.
    sign = -1 if went_out != bool(payment.reverses_id) else 1
    return ExportedPayment(
        id=payment.id,
        paid_on=payment.paid_on,
        method=payment.method,
        reference=payment.reference,
        amount_minor=sign * payment.amount_minor,
        reverses=payment.reverses_id or "",
        debit_account=payment.debit_account,
        credit_account=payment.credit_account,
    )
