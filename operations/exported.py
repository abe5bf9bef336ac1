"""Documents as an export shows them: with their standing, their payments and the accounts they were posted to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlmodel import Session

from invoicing.catalog import Posting
from invoicing.documents import Document, DocumentKind
from invoicing.exports.rows import ExportedAccounts, ExportedDocument, ExportedPayment
from operations.issuing import standing_on
from storage import payments, posted
from storage.documents import Issued
from storage.payments import Payment
from storage.profile import load_profile
from storage.setup import load_setup


class Exporting:
    """One export while its documents pass: what it looks at, and how many of them could not be converted."""

    def __init__(self, db: Session, today: date) -> None:
        self.db = db
        self.today = today
        self.books_currency = load_profile(db).currency
        self.postings = {kind: load_setup(db, kind).posting for kind in DocumentKind}
        self.not_converted = 0

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.not_converted:
            return ()
        what = "1 document is" if self.not_converted == 1 else f"{self.not_converted} documents are"
        whose = "its" if self.not_converted == 1 else "their"
        return (
            f"{what} in another currency without an exchange rate: {whose} amounts in {self.books_currency} are empty,"
            f" so sums in {self.books_currency} leave {'it' if self.not_converted == 1 else 'them'} out.",
        )


def exported_documents(exporting: Exporting, batches: Iterable[Sequence[Issued]]) -> Iterator[ExportedDocument]:
    """The documents of each batch; what belongs to them is read once for the batch."""
    for batch in batches:
        ids = [issued.document.id for issued in batch]
        paid = payments.payments_of_several(exporting.db, ids)
        accounts = posted.accounts_posted(exporting.db, ids)
        for issued in batch:
            document = issued.document
            if document.exchange is None and document.currency != exporting.books_currency:
                exporting.not_converted += 1
            yield ExportedDocument(
                document=document,
                status=standing_on(exporting.today, issued).status,
                paid_minor=issued.balance.paid_minor,
                credited_minor=issued.balance.credited_minor,
                due_minor=issued.balance.due_minor,
                hash=issued.hash,
                payments=tuple(_payment(one, document) for one in paid.get(document.id, ())),
                accounts=_accounts(exporting.postings[document.kind], accounts.get(document.id, frozenset())),
                books_currency=exporting.books_currency,
            )


def _payment(payment: Payment, document: Document) -> ExportedPayment:
    went_out = document.kind is DocumentKind.CREDIT_NOTE
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


def _accounts(posting: Posting, used: frozenset[str]) -> ExportedAccounts:
    """The accounts of today's posting profile, where the document's journal entry has them: the profile may have
    changed since, and then nobody knows which side of the entry was for what.
    """

    def known(account: str) -> str:
        return account if account in used else ""

    return ExportedAccounts(
        receivable=known(posting.receivable),
        revenue=known(posting.revenue),
        discount=known(posting.discount),
        tax=known(posting.tax_payable),
    )
