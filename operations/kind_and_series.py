"""What a request becomes, an invoice or a credit note, and in which series it takes its number."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.document.documents import DocumentKind
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
        InvalidInput: it was taken over with another date.
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
    taken_over = former_by_key(db, former.number)
    if taken_over is not None and former.issue_date not in (None, taken_over[0].issue_date):
        raise InvalidInput(
            f"former_invoice_date: {former.number} was taken over as of {taken_over[0].issue_date.isoformat()}.",
            field="former_invoice_date",
        )
    return DocumentKind.CREDIT_NOTE


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
