"""What becomes due of the tax of an invoice on cash accounting by what happens to it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.settlement.cash import NO_MONEY, Received, due_taxes, made_due
from invoicing.settlement.discounts import TaxChange
from invoicing.settlement.kinds import SettlementKind
from storage.books import documents, payments
from storage.books.payments import Payment, settled_minor, standing_of


def due_by_payment(db: Session, invoice: Document, payment: Payment) -> tuple[TaxChange, ...]:
    """What a payment that is about to be written changes in the taxes that wait for it: of the invoice, or a refund of
    one of its credit notes. None of an invoice that is not on cash accounting.
    """
    if not invoice.is_due_by_payment:
        return ()
    notes = _notes(db, invoice)
    before = _payments(db, invoice, notes)
    return made_due(
        invoice,
        due_taxes(invoice, notes, _received(invoice, before)),
        due_taxes(invoice, notes, _received(invoice, [*before, payment])),
    )


def due_by_credit_note(db: Session, invoice: Document, note: Document) -> tuple[TaxChange, ...]:
    """What a credit note that is about to be issued changes in them: what was paid is of what is left first."""
    if not invoice.is_due_by_payment:
        return ()
    notes = _notes(db, invoice)
    received = _received(invoice, _payments(db, invoice, notes))
    return made_due(invoice, due_taxes(invoice, notes, received), due_taxes(invoice, [*notes, note], received))


def _notes(db: Session, invoice: Document) -> list[Document]:
    return [note.document for note in documents.credit_notes_of(db, invoice.id)]


def _payments(db: Session, invoice: Document, notes: Sequence[Document]) -> list[Payment]:
    found = payments.payments_of_several(db, [invoice.id, *(note.id for note in notes)])
    return [payment for several in found.values() for payment in several]


def _received(invoice: Document, settled: Sequence[Payment]) -> Received:
    """A refund of a credit note gives money back."""
    money = sum(
        settled_minor(payment) if payment.document_id == invoice.id else -settled_minor(payment)
        for payment in settled
        if payment.kind not in NO_MONEY
    )
    discounts = (one.amount_minor for one in standing_of(settled) if one.kind is SettlementKind.DISCOUNT)
    return Received(money, tuple(discounts))
