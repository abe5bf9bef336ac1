"""What is probably entered a second time: said with the first one's number, and never refused, for it may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from sqlmodel import Session

from invoicing.document.documents import Document, Line
from invoicing.document.former_records import is_former
from invoicing.document.notices import Notice
from invoicing.master_data.records import Customer
from invoicing.master_data.similar_names import NAMES_COMPARED_MAX, fragments, similar_names
from invoicing.remedies import ReversePayment
from invoicing.text.typed import fold
from storage.books import customers, documents, payments
from storage.books.former_lists import former_by_key
from storage.books.likely_duplicates import invoices_alike, payments_alike
from storage.books.payments import Payment

_CUSTOMERS_SHOWN = 5


def likely_customers(db: Session, *, name: str, tax_number: str) -> list[Customer]:
    """Customers who are called like this, or have this tax number, and are not archived; a few at most."""
    names = customers.customer_names_like(db, fragments(name), limit=NAMES_COMPARED_MAX)
    found = [one for like in similar_names(name, names) for one in customers.customers_by_name(db, like)]
    if number := tax_number.strip():
        numbered = customers.find_customers(db, query=number, cursor="", limit=_CUSTOMERS_SHOWN).items
        found = [*(one for one in numbered if customers.fits_number(one.tax_number, number)), *found]
    return list({one.id: one for one in found}.values())[:_CUSTOMERS_SHOWN]


def duplicate_invoice(db: Session, document: Document) -> tuple[Notice, ...]:
    """A warning where an invoice with the same customer, lines and day was issued, unless it was credited whole; or a
    credit note for the same invoice of a former system.
    """
    credited = document.credits and document.credits.number
    what = "return" if credited else "sale"
    for issued in invoices_alike(db, document):
        earlier = issued.document
        one_day = document.issue_date == earlier.issue_date or document.supply_date == earlier.supply_date
        standing = issued.balance.credited_minor < max(issued.balance.payable_minor, 1)
        if (earlier.credits and earlier.credits.number) != credited:
            continue
        if one_day and standing and _are_alike(document.lines, earlier.lines):
            day = earlier.issue_date.isoformat()
            return (
                Notice(
                    "likely_duplicate",
                    f"{earlier.number} of {day} to {document.buyer.name} has the same lines and day: this may be the"
                    f" same {what} a second time.",
                ),
            )
    return ()


def duplicate_payment(db: Session, payment: Payment) -> tuple[Notice, ...]:
    """A warning where the same amount of the same day was recorded before, for the same document or under the same
    bank reference, and was not reversed.
    """
    reference = fold(payment.reference)
    for earlier in payments_alike(db, payment):
        alike = (earlier.currency, earlier.kind) == (payment.currency, payment.kind)
        # A refund is no payment, whatever else they have in common.
        one_way = (earlier.debit_account, earlier.credit_account) == (payment.debit_account, payment.credit_account)
        if earlier.id == payment.id or not alike or not one_way:
            continue
        if fold(earlier.reference) == reference and payments.reversal_of(db, earlier) is None:
            return (Notice("likely_duplicate", _twice(db, earlier, payment), ReversePayment(payment.id)),)
    return ()


def duplicate_credit_note(note: Document, earlier: Iterable[Document]) -> tuple[Notice, ...]:
    """A warning where the same lines of the invoice were credited on the same day; `earlier` are its credit notes."""
    wanted = [(line.invoice_position, line.quantity, line.amount_minor) for line in note.lines]
    for other in earlier:
        said = [(line.invoice_position, line.quantity, line.amount_minor) for line in other.lines]
        if other.issue_date == note.issue_date and said == wanted:
            return (
                Notice(
                    "likely_duplicate",
                    f"{other.number} of the same day credits the same of this invoice: this may be the same return a"
                    " second time.",
                ),
            )
    return ()


def _number_of(db: Session, document_id: str) -> str:
    """The number of a document, also of one of a former system."""
    if is_former(document_id):
        former = former_by_key(db, document_id)
        return former[0].number if former else document_id
    named = documents.id_and_number(db, document_id)
    return named[1] if named else document_id


def _twice(db: Session, earlier: Payment, payment: Payment) -> str:
    number = _number_of(db, earlier.document_id)
    alike = f"amount, day and reference ({payment.reference})" if payment.reference else "amount and day"
    return (
        f"A payment of the same {alike} was recorded before, on {number} [{earlier.id}]. If it is the same money, take"
        " this one back."
    )


def _are_alike(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    return len(lines) == len(others) and all(map(_is_alike, lines, others))


def _is_alike(line: Line, other: Line) -> bool:
    if _figures(line) != _figures(other):
        return False
    text, others = (f"{one.name} {one.description}" for one in (line, other))
    return text == others or fold(text) == fold(others)


_figures = attrgetter("quantity", "unit_price", "amount_minor", "tax_rate")
