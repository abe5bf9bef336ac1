"""Verification of what happened to invoices: credit notes and payments, against the documents and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from invoicing.credit.remaining import remaining
from invoicing.document.canonical import document_from_text
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.former_records import is_former
from invoicing.refusals import Conflict
from invoicing.reports.months import month_of
from invoicing.settlement.kinds import OWED_AGAIN, effect
from storage.books import checks, payments
from storage.books.checks import Act, Owing
from storage.books.former_checks import former_owings
from storage.books.payments import Payment
from storage.books.settlement_taxes import all_changes, changed
from storage.work.asking import Ask


def credit_note_problems(ask: Ask) -> Iterator[str]:
    """Credit notes that do not fit their invoice, or take back more of it than there was."""
    for invoice, notes in _credited(ask):
        if invoice is None or invoice.kind is not DocumentKind.INVOICE:
            yield f"document {notes[0].number}: there is no such invoice as it credits"
            continue
        for note in notes:
            if not _fits(note, invoice):
                yield f"document {note.number}: it does not fit {invoice.number}, which it credits"
        yield from _over_credited(invoice, notes)


def payment_problems(ask: Ask) -> Iterator[str]:
    """Payments that are not what was recorded, that are missing, or that come to more than was owed."""
    kept = {payment.id: payment for payment in payments.all_payments(ask)}
    owings = checks.owings(ask) | former_owings(ask)
    recorded = set()
    for act in checks.acts(ask, *checks.PAYING):
        recorded.add(act.subject)
        payment = kept.get(act.subject)
        if payment is None:
            yield f"payment {act.subject}: it was recorded, and is not there any more"
        elif not _is_as_recorded(payment, act):
            yield f"payment {payment.id}: it is not what was recorded"
    positions = {True: 0, False: 0}
    for payment in kept.values():
        positions[is_former(payment.document_id)] += 1
        position = positions[is_former(payment.document_id)]
        if payment.id not in recorded:
            yield f"payment {payment.id}: nobody is on record as having recorded it"
        if payment.position != position:
            yield f"payment {payment.id}: position {payment.position} where {position} was expected; one is missing"
        if payment.document_id not in owings or owings[payment.document_id].currency != payment.currency:
            yield f"payment {payment.id}: it is of no document, or in another currency"
        elif payment.reverses_id and not _reverses(payment, kept.get(payment.reverses_id)):
            yield f"payment {payment.id}: it does not fit the payment that it reverses"
    yield from _over_paid(ask, kept, owings)
    yield from _tax_change_problems(ask, kept, owings)


def _tax_change_problems(ask: Ask, kept: dict[str, Payment], owings: dict[str, Owing]) -> Iterator[str]:
    """What settlements and credit notes change in taxes, against what was recorded of it."""
    acts = checks.acts(ask, *checks.PAYING, *checks.ISSUING)
    recorded = {act.subject: act.detail["taxes"] for act in acts if "taxes" in act.detail}
    for event_id, document_id, month, changes in all_changes(ask):
        of_it = (document_id, month) == _taxed(event_id, kept, owings)
        if not of_it or recorded.pop(event_id, None) != [changed(one) for one in changes]:
            yield f"{_what(event_id, owings)} {event_id}: what it changes in taxes is not what was recorded"
    for event_id in recorded:
        yield f"{_what(event_id, owings)} {event_id}: what it changes in taxes is not there any more"


def _what(event_id: str, owings: dict[str, Owing]) -> str:
    return "document" if event_id in owings else "payment"


def _taxed(event_id: str, kept: dict[str, Payment], owings: dict[str, Owing]) -> tuple[str, str] | None:
    """The invoice whose taxes a payment or credit note changes, and the month in which it does; None where there is no
    such event.
    """
    if (payment := kept.get(event_id)) is not None:
        of = owings.get(payment.document_id)
        return (of.credits_id if of and of.credits_id else payment.document_id), month_of(payment.paid_on)
    note = owings.get(event_id)
    return (note.credits_id, month_of(note.issue_date)) if note and note.credits_id else None


def _credited(ask: Ask) -> Iterator[tuple[Document | None, list[Document]]]:
    """Each invoice that is credited, with its credit notes."""
    for text, notes in checks.credited_invoices(ask):
        yield document_from_text(text) if text is not None else None, [document_from_text(note) for note in notes]


def _fits(note: Document, invoice: Document) -> bool:
    credited = note.credits
    return (
        credited is not None
        and (credited.id, credited.number, credited.issue_date) == (invoice.id, invoice.number, invoice.issue_date)
        and (note.currency, note.customer, note.buyer) == (invoice.currency, invoice.customer, invoice.buyer)
        and note.issue_date >= invoice.issue_date
    )


def _over_credited(invoice: Document, notes: list[Document]) -> Iterator[str]:
    try:
        left = remaining(invoice, notes)
    except Conflict:
        yield f"document {invoice.number}: its credit notes take back more than it has"
        return
    credited = (sum(note.total_minor for note in notes), sum(note.payable_minor for note in notes))
    if credited[0] > invoice.total_minor or (
        left.is_nothing and credited != (invoice.total_minor, invoice.payable_minor)
    ):
        yield f"document {invoice.number}: its credit notes do not come to what they take back of it"


_NOT_OF_THE_ROW = frozenset({"accepted", "client_reference", "journal", "taxes"})


def _is_as_recorded(payment: Payment, act: Act) -> bool:
    said = {name: value for name, value in act.detail.items() if name not in _NOT_OF_THE_ROW}
    stated = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in payments.audited(payment).items()
    }
    return (stated, payment.recorded_at, payment.recorded_by) == (said, act.at, act.by)


def _reverses(payment: Payment, first: Payment | None) -> bool:
    if first is None or first.reverses_id is not None:
        return False
    same = (payment.document_id, payment.amount_minor, payment.currency, payment.kind)
    sides = (payment.debit_account, payment.credit_account)
    return (*same, *sides) == (
        first.document_id,
        first.amount_minor,
        first.currency,
        first.kind,
        first.credit_account,
        first.debit_account,
    )


def _over_paid(ask: Ask, kept: dict[str, Payment], owings: dict[str, Owing]) -> Iterator[str]:
    """What was owed is told anew from the first document on, in the order of the audit trail."""
    due: dict[str, int] = {}
    for act in checks.acts(ask, *checks.ISSUING, *checks.PAYING, checks.IMPORTING_FORMER):
        if act.act == checks.IMPORTING_FORMER:
            for former_id in act.detail["documents"]:
                of = owings[former_id]
                due[former_id] = -of.payable_minor if of.kind == DocumentKind.CREDIT_NOTE.value else of.payable_minor
        elif act.act in checks.ISSUING:
            document = owings[act.subject]
            if document.credits_id:
                due[document.credits_id] -= document.payable_minor
            else:
                sign = -1 if document.kind == DocumentKind.CREDIT_NOTE.value else 1
                due[act.subject] = sign * document.payable_minor
        else:
            yield from _over_paid_by(act, kept[act.subject], owings, due)


def _over_paid_by(act: Act, payment: Payment, owings: dict[str, Owing], due: dict[str, int]) -> Iterator[str]:
    """What one act paid; what is due afterwards is told in `due`."""
    document = owings[payment.document_id]
    refunds = document.credits_id is not None
    invoice_id = document.credits_id or payment.document_id
    goes_out = refunds or payment.kind in OWED_AGAIN
    owed = -due[invoice_id] if goes_out else due[invoice_id]
    accepted = act.detail["accepted"] and not goes_out
    settles = not payment.reverses_id and effect(payment.kind)
    if settles and payment.amount_minor > max(owed, 0) and not accepted:
        yield f"payment {payment.id}: it is more than was owed of {document.number}"
    due[invoice_id] += payments.settled_minor(payment) if refunds else -payments.settled_minor(payment)
