"""What issuing takes, whatever the kind of document: number, frozen document, journal entry and audit entry.

Also how a retry finds what the first call made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.appearance.payment_codes import asks_for_transfer
from invoicing.approval.approvals import GivenApproval
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.law_of_form import LawOfForm
from invoicing.document.lifecycle import Status, next_due, status_of
from invoicing.document.numbering import number, period
from invoicing.document.posting import post
from invoicing.master_data.records import Posting, Series
from invoicing.payment.references import candidates, keys_of_typed, parse_rule, reference_key
from invoicing.refusals import Conflict, NotFound
from invoicing.remedies import Act
from invoicing.settlement.discounts import TaxChange
from operations.issue_dates import today_in
from storage.books import audit, documents, journal
from storage.books.advances import AdvanceLeft
from storage.books.approvals import add_document_approvals
from storage.books.documents import IssuedDocument
from storage.books.former_documents import FormerDocument, former_by_numbers
from storage.books.former_lists import as_issued, former_by_key
from storage.books.payments import Payment
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.settlement_taxes import add_tax_changes, changed
from storage.ids import new_id

FORMER = "former_invoice"
"""The detail that says which invoice of a former system a credit note is for: it was issued as an invoice is."""

_PREFIXES = {DocumentKind.INVOICE: "inv", DocumentKind.CREDIT_NOTE: "crn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDocument(IssuedDocument):
    """An issued document as it stands today. `replayed` says that an earlier call issued it.

    `payments`, `credit_notes`, `approvals` and what is left of an advance are told where one document is looked at, and
    of one of a former system what was taken over (`former`).
    """

    status: Status
    replayed: bool = False
    payments: tuple[Payment, ...] = ()
    credit_notes: tuple[IssuedDocument, ...] = ()
    approvals: tuple[GivenApproval, ...] = ()
    advance_left: AdvanceLeft | None = None
    former: FormerDocument | None = None


def issue_document(
    db: Session,
    books: Books,
    document: Document,
    *,
    series: Series,
    posting: Posting,
    on_record: Mapping[str, object] | None = None,
    credited: Document | None = None,
    changes: Sequence[TaxChange] = (),
    given: Sequence[GivenApproval] = (),
) -> IssuedDocument:
    """Issue a document that has no number yet: all of it happens in the transaction of `db`, or nothing does.

    `on_record` is what the audit trail says of it besides; `changes` are what a credit note changes in the taxes of the
    invoice `credited` that wait for its payment, `given` the approvals that it is issued with.

    Raises:
        Conflict: its number is that of a document of a former system.
    """
    of_period = period(series.pattern, document.issue_date)
    sequence = documents.take_sequence(db, series.code, of_period)
    document = replace(
        document,
        id=new_id(_PREFIXES[document.kind]),
        number=number(
            series.pattern, sequence=sequence, issue_date=document.issue_date, environment=document.environment
        ),
    )
    _check_not_taken_over(db, document.number, series)
    document = _with_reference(db, document)
    now = books.clock()
    issued = documents.add_document(
        db, document, period=of_period, sequence=sequence, issued_at=now, issued_by=books.actor
    )
    if credited is not None:
        add_tax_changes(db, document.id, credited, changes, on=document.issue_date)
    add_document_approvals(db, document.id, given)
    sides = post(document, posting)
    journal.post_document(db, document, sides)
    detail: dict[str, object] = {
        "number": document.number,
        "hash": issued.hash,
        "total_minor": document.total_minor,
        "journal": [journal.side_on_record(side) for side in sides],
    }
    if document.of_invoice:
        detail["credits"] = document.of_invoice
    elif document.credits:
        detail[FORMER] = document.credits.number
    if changes:
        detail["taxes"] = [changed(one) for one in changes]
    detail |= on_record or {}
    audit.record(db, f"issue_{document.kind.value}", document.id, at=now, by=books.actor, detail=detail)
    return issued


def _check_not_taken_over(db: Session, taken: str, series: Series) -> None:
    if former_by_numbers(db, [taken]):
        raise Conflict(
            f"series: {series.code} would give the number {taken}, which a document of a former system has. Say before"
            " the first document of the series at which number it goes on (next), or issue it in another series.",
            field="series",
        )


def _with_reference(db: Session, document: Document) -> Document:
    """The document with the reference that its payer states: the first of its own that no other document has."""
    payment = document.payment
    if not payment.reference_rule or not asks_for_transfer(document):
        return document
    rule = parse_rule(payment.reference_rule, field="reference_rule")
    wanted = (
        one
        for one in candidates(rule, document.number)
        if not documents.has_reference(db, reference_key(payment.reference_rule, one))
    )
    return replace(document, payment=replace(payment, reference=next(wanted, "")))


def number_of(db: Session, document: Document, series: Series) -> str:
    """The number that the document would take now."""
    sequence = documents.next_sequence(db, document.series, period(series.pattern, document.issue_date))
    return number(series.pattern, sequence=sequence, issue_date=document.issue_date, environment=document.environment)


def answered_for(form: LawOfForm) -> dict[str, object]:
    """What a person of the practice answers for, as it goes on record."""
    return {"answered_for": list(form.answered_for)} if form.answered_for else {}


def find_document(
    db: Session, key: str, *, field: str = "invoice", paid: bool = False, former: bool = False
) -> IssuedDocument:
    """The issued document of this id or number. Where it is `paid`, what its payer states, as a bank's statement has
    it, names it too; with `former` also one of a former system.

    Raises:
        NotFound: no such document in these books, naming `field`.
        Conflict: it is one of a former system, where those are not meant.
    """
    found = documents.document_by_id_or_number(db, key.strip())
    taken_over = former_by_key(db, key.strip()) if found is None else None
    if taken_over is not None and former:
        return as_issued(db, taken_over[0], load_profile(db), taken_over[1])
    if taken_over is not None:
        raise Conflict(
            f"{field}: {taken_over[0].number} is a document of a former system: its lines, tax and page are there, and"
            " nothing of it is drawn, copied or credited here. A credit note for it states its lines, with"
            " former_invoice, former_invoice_date and reason in details of a draft.",
            field=field,
        )
    if found is None and paid:
        found = documents.document_by_reference(db, keys_of_typed(key))
    if found is None:
        raise NotFound("No such document here.", field=field, remedy=Act.FIND_DOCUMENT)
    return found


def open_of_former(db: Session, note: Document) -> int:
    """What is open of the invoice of a former system that a credit note is for, where that was taken over, is of the
    same customer and currency: so much of the note can be used on it. Zero where it is not here, or nothing is open.
    """
    if note.credits is None or note.of_invoice:
        return 0
    found = former_by_key(db, note.credits.number)
    if found is None or (found[0].kind, found[0].customer_id, found[0].currency) != (
        DocumentKind.INVOICE,
        note.customer,
        note.currency,
    ):
        return 0
    return max(documents.balance_of(db, found[0].id).due_minor, 0)


def standing(db: Session, books: Books, issued: IssuedDocument) -> StandingDocument:
    """The document as it stands today."""
    return standing_on(today_in(db, books), issued)


def standing_on(today: date, issued: IssuedDocument) -> StandingDocument:
    known = {field.name: getattr(issued, field.name) for field in fields(IssuedDocument)}
    due_date = next_due(issued.document, issued.balance)
    return StandingDocument(**known, status=status_of(issued.balance, due_date=due_date, today=today))


def fingerprint(request: object) -> str:
    """What a request is known by: equal requests have one, and others have another."""
    plain_value = asdict(request) if is_dataclass(request) and not isinstance(request, type) else request
    return hashlib.sha256(canonical_json(plain_value).encode()).hexdigest()
