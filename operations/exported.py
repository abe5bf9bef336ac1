"""What an export takes from the books: documents as they are stored, their balances, payments and accounts."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

import anyio.to_thread
from sqlmodel import Session

from invoicing.approval.approvals import GivenApproval
from invoicing.document.documents import DocumentKind
from invoicing.document.lifecycle import Balance
from invoicing.exports.carried import CarriedDocument, CarriedHead, write_document, write_head
from invoicing.exports.rows import ExportedAccounts, ExportedApproval, ExportedPayment
from storage.books import journal, payments
from storage.books.approvals import approvals_of_several
from storage.books.documents import DocumentFilter
from storage.books.payments import Payment
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_setup
from storage.books.stored_documents import texts_in_order
from storage.work.completion import to_its_end

_PAGE = 100


async def carry_documents(books: Books, wanted: DocumentFilter, today: date, path: Path) -> None:
    """Write what an export shows of the wanted documents to `path`, oldest first; all of it is of one moment."""
    async with books.snapshot() as snapshot:
        head = await snapshot.read(lambda db: CarriedHead(today, load_profile(db).currency, _accounts(db)))
        with path.open("w", encoding="utf-8", newline="\n") as file:
            write_head(file, head)
            position = 0
            while page := await snapshot.read(partial(_page, wanted, position)):
                position, carried = page
                await to_its_end(anyio.to_thread.run_sync(_write, file, carried))


def _page(wanted: DocumentFilter, after: int, db: Session) -> tuple[int, list[CarriedDocument]] | None:
    """The next documents with the position of the last one; None after the end."""
    page = texts_in_order(db, wanted, after_position=after, limit=_PAGE)
    if not page:
        return None
    ids = [stored.id for stored in page]
    paid, accounts = payments.payments_of_several(db, ids), journal.accounts_posted(db, ids)
    approved = approvals_of_several(db, ids)
    return page[-1].position, [
        CarriedDocument(
            stored.content,
            stored.hash,
            stored.balance,
            tuple(_payment(one, stored.balance) for one in paid.get(stored.id, ())),
            accounts.get(stored.id, frozenset()),
            tuple(_approval(one) for one in approved.get(stored.id, ())),
        )
        for stored in page
    ]


def _write(file: TextIO, page: list[CarriedDocument]) -> None:
    for carried in page:
        write_document(file, carried)


def _accounts(db: Session) -> dict[DocumentKind, ExportedAccounts]:
    postings = {kind: load_setup(db, kind).posting for kind in DocumentKind}
    return {
        kind: ExportedAccounts(
            receivable=posting.receivable, revenue=posting.revenue, discount=posting.discount, tax=posting.tax_payable
        )
        for kind, posting in postings.items()
    }


def _approval(given: GivenApproval) -> ExportedApproval:
    return ExportedApproval(
        workflow=given.workflow,
        step=given.step,
        approver=given.approver,
        decided_by=given.decided_by,
        decided_at=given.decided_at.isoformat(),
        how=given.how.value,
        comment=given.comment,
    )


def _payment(payment: Payment, balance: Balance) -> ExportedPayment:
    went_out = balance.kind is DocumentKind.CREDIT_NOTE and not balance.alone
    # A refund goes out, and so does a payment that is reversed; the reversal of a refund comes in again.
    sign = -1 if went_out else 1
    return ExportedPayment(
        id=payment.id,
        paid_on=payment.paid_on,
        method=payment.method,
        reference=payment.reference,
        amount_minor=sign * payments.settled_minor(payment),
        reverses=payment.reverses_id or "",
        debit_account=payment.debit_account,
        credit_account=payment.credit_account,
        kind=payment.kind.value,
    )
