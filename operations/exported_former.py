"""Exports of documents of a former system, with what settled them here: as tables, or JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import anyio.to_thread
from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.exports.former_file import FormerPaymentRow, FormerRow, carry_former
from storage.books import payments
from storage.books.documents import DocumentFilter
from storage.books.former_lists import FormerListed, former_in_order
from storage.books.payments import Payment, settled_minor
from storage.books.pool import Books
from storage.work.completion import to_its_end

_PAGE = 100


async def carry_former_documents(books: Books, wanted: DocumentFilter, path: Path) -> None:
    """Write all of them to `path`, in the order in which they were taken over; all of it is of one moment."""
    async with books.snapshot() as snapshot:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            position = 0
            while page := await snapshot.read(partial(_page, wanted, position)):
                position, rows = page
                for document, settled in rows:
                    await to_its_end(anyio.to_thread.run_sync(carry_former, file, document, settled))


def _page(
    wanted: DocumentFilter, after: int, db: Session
) -> tuple[int, list[tuple[FormerRow, list[FormerPaymentRow]]]] | None:
    """The next documents with the position of the last one; None after the end."""
    page = former_in_order(db, wanted, after_position=after, limit=_PAGE)
    if not page:
        return None
    paid = payments.payments_of_several(db, [one.document.id for one in page])
    return page[-1].position, [(_row(one), list(map(_payment, paid.get(one.document.id, ())))) for one in page]


def _row(one: FormerListed) -> FormerRow:
    document = one.document
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    return FormerRow(
        number=document.number,
        kind=document.kind.value,
        customer=document.customer_name,
        customer_id=document.customer_id,
        issue_date=document.issue_date,
        due_date=document.due_date,
        currency=document.currency,
        total_minor=sign * document.total_minor,
        opening_day=document.opening_day,
        open_then_minor=sign * document.open_minor,
        open_minor=one.owed_minor,
        exchange_rate=document.exchange_rate,
        note=document.note,
        id=document.id,
        hash=one.hash,
    )


def _payment(payment: Payment) -> FormerPaymentRow:
    return FormerPaymentRow(
        payment_kind=payment.kind.value,
        paid_on=payment.paid_on,
        amount_minor=settled_minor(payment),
        reverses=payment.reverses_id or "",
        method=payment.method,
        reference=payment.reference,
        debit_account=payment.debit_account,
        credit_account=payment.credit_account,
        id=payment.id,
    )
