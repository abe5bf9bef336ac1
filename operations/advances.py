"""Advances: which of them an invoice deducts, each once, and what is said of them."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.document.advances import AdvanceTax
from invoicing.document.documents import Document
from invoicing.document.notices import Notice
from invoicing.document.requested import ALL_ADVANCES, RequestedDocument
from invoicing.master_data.records import Customer
from invoicing.money.amounts import money_text
from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act
from invoicing.tax.advances import OpenAdvance
from operations.issuing import find_document
from storage.books import documents
from storage.books.advances import AdvanceLeft, left_of_advance, open_advances
from storage.books.documents import IssuedDocument


def advances_to_deduct(db: Session, request: RequestedDocument, customer: Customer) -> tuple[OpenAdvance, ...]:
    """The advances that a request names, or all that its customer has open, with their credit notes.

    Raises:
        NotFound: no such document.
        InvalidInput: no advance, or another customer's; or one that is named twice.
        Conflict: it is deducted already, or was credited whole.
    """
    if not request.deducts:
        return ()
    named = [_named(db, key, customer) for key in request.deducts if key != ALL_ADVANCES]
    if len({one.document.id for one in named}) < len(named):
        raise InvalidInput("deduct: an advance is named twice.", field="deduct")
    if ALL_ADVANCES in request.deducts:
        named = [find_document(db, one.id, field="deduct") for one in open_advances(db, customer.id)]
    return tuple(_with_notes(db, one) for one in named)


def advance_left(db: Session, invoice: Document) -> AdvanceLeft | None:
    """What is left of an advance, and by what it was deducted; None of what is none."""
    if invoice.advance is None or invoice.credits is not None:
        return None
    return left_of_advance(db, invoice.id)


def check_advance_is_open(db: Session, invoice: Document) -> None:
    """An advance that a final invoice deducts is taken back with that: its tax would be taken off twice.

    Raises:
        Conflict: a final invoice deducts it.
    """
    left = advance_left(db, invoice)
    if left is not None and left.deducted_by:
        raise Conflict(
            f"{invoice.number} is deducted by {', '.join(left.deducted_by)}: credit that first.",
            field="invoice",
            remedy=Act.CREDIT_DOCUMENT,
        )


def advance_warnings(db: Session, document: Document) -> tuple[Notice, ...]:
    """What to know of the customer's advances before this document is issued."""
    return (*_unpaid_advances(db, document), *_open_advances_left(db, document))


def _open_advances_left(db: Session, document: Document) -> tuple[Notice, ...]:
    """A warning where the customer has advances that this invoice does not deduct, and could."""
    if document.advance is not None:
        return ()
    deducted = {line.advance.id for line in document.lines if line.advance is not None}
    known = open_advances(db, document.customer)
    left = [one.number for one in known if one.currency == document.currency and one.id not in deducted]
    if not left:
        return ()
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    which = f"advance {left[0]}" if len(left) == 1 else f"advances {', '.join(left[:_NAMED])}{more}"
    return (
        Notice(
            "advances_open",
            f"This invoice does not deduct {which} of {document.buyer.name}: if it is for the same supply, name"
            " what it deducts by deduct in details, or say deduct: all.",
        ),
    )


def _unpaid_advances(db: Session, document: Document) -> tuple[Notice, ...]:
    """A warning of each advance that is deducted and not paid, whose tax is due when it is: that of the supply is due
    now (Articles 63 and 65 Directive 2006/112/EC).
    """
    found = []
    for key in dict.fromkeys(line.advance.id for line in document.lines if line.advance is not None):
        issued = find_document(db, key)
        advance, owed = issued.document, issued.balance.due_minor
        if advance.advance is AdvanceTax.PAYMENT and owed > 0:
            text = (
                f"{advance.number} is deducted, and {money_text(owed, advance.currency)} {advance.currency} of it is"
                " not paid: its tax waits for that, though the supply's is due now. Credit what is not paid before."
            )
            found.append(Notice("advance_unpaid", text))
    return tuple(found)


_NAMED = 5


def _named(db: Session, key: str, customer: Customer) -> IssuedDocument:
    found = find_document(db, key, field="deduct")
    advance = found.document
    if advance.advance is None or advance.credits is not None:
        raise InvalidInput(f"deduct: {advance.number} is no advance invoice.", field="deduct")
    if advance.customer != customer.id:
        raise InvalidInput(f"deduct: {advance.number} is an advance of another customer.", field="deduct")
    left = left_of_advance(db, advance.id)
    if left.deducted_by:
        by = ", ".join(left.deducted_by)
        raise Conflict(f"deduct: {advance.number} is deducted by {by} already.", field="deduct")
    if left.net_minor <= 0:
        raise Conflict(f"deduct: nothing is left of {advance.number} to deduct.", field="deduct")
    return found


def _with_notes(db: Session, advance: IssuedDocument) -> OpenAdvance:
    notes = documents.credit_notes_of(db, advance.document.id) if advance.balance.credited_minor else []
    return OpenAdvance(advance.document, tuple(note.document for note in notes))
