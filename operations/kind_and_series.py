"""What a request becomes, an invoice or a credit note, and in which series it takes its number."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.document.documents import Document, DocumentKind
from invoicing.document.requested import RequestedDocument
from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act
from storage.books import documents
from storage.books.former_lists import former_by_key
from storage.books.series import load_series


def kind_of(db: Session, request: RequestedDocument) -> DocumentKind:
    """A credit note where it is for an invoice of a former system.

    Raises:
        Conflict: that invoice is one of these books.
    """
    former = request.former
    if former is None:
        return DocumentKind.INVOICE
    if documents.id_and_number(db, former.number):
        raise Conflict(
            f"former_invoice: {former.number} is a document of these books, and is credited as such.",
            field="former_invoice",
            remedy=Act.CREDIT_DOCUMENT,
        )
    return DocumentKind.CREDIT_NOTE


def check_fits_taken_over(db: Session, note: Document) -> None:
    """Refuse a credit note for an invoice of a former system that contradicts what was taken over of that.

    Raises:
        InvalidInput: it names its id, or another date.
        Conflict: what it names is itself a credit note, of another customer, or in another currency.
    """
    credited = note.credits
    found = former_by_key(db, credited.number) if credited and not note.of_invoice else None
    if credited is None or found is None:
        return
    former = found[0]
    if credited.number != former.number:
        raise InvalidInput(
            f"former_invoice: give the number, {former.number}: the paper says it.", field="former_invoice"
        )
    if former.kind is DocumentKind.CREDIT_NOTE:
        raise Conflict(f"former_invoice: {former.number} was taken over as a credit note.", field="former_invoice")
    if credited.issue_date != former.issue_date:
        raise InvalidInput(
            f"former_invoice_date: {former.number} was taken over as of {former.issue_date.isoformat()}.",
            field="former_invoice_date",
        )
    if note.customer != former.customer_id:
        raise Conflict(
            f"customer: {former.number} was taken over as an invoice to {former.customer_name}.", field="customer"
        )
    if note.currency != former.currency:
        raise Conflict(f"currency: {former.number} was taken over in {former.currency}.", field="currency")


def checked_series(db: Session, code: str, kind: DocumentKind) -> str:
    """The code of a series of the kind, or nothing where none was asked for.

    Raises:
        InvalidInput: no series of the kind has this code.
    """
    if not code:
        return ""
    known = [one.code for one in load_series(db) if one.kind is kind]
    if code not in known:
        plural = f"{kind.value.replace('_', ' ')}s"
        raise InvalidInput(f"series: no such series of {plural}. Known: {', '.join(known)}.", field="series")
    return code
