"""Issuing invoices, and looking at them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.canonical import canonical_json
from invoicing.documents import Environment
from invoicing.lifecycle import Status, status_of
from invoicing.numbering import number, period
from invoicing.posting import post
from invoicing.readiness import blockers
from invoicing.refusals import Conflict, InvalidInput, NotFound, NotReady
from invoicing.text import clean_line
from operations.customers import resolve_customer
from operations.drafts import (
    Composed,
    DraftRequest,
    Resolved,
    compose_in,
    date_refusal,
    issuing_blockers,
    local_date,
    resolve_draft,
    resolve_request,
)
from storage import audit, documents, drafts, idempotency
from storage.books import Books
from storage.documents import DocumentFilter, Header, Issued
from storage.ids import new_id
from storage.paging import Page, check_limit
from storage.profile import load_profile

_TOOL = "issue_invoice"
# A draft that was issued is remembered, so that a second attempt learns which document it became.
_DRAFT = "issued draft"


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What to issue: a draft by its id, or a document as `draft_invoice` takes it.

    `client_reference` is the caller's own name for this document: the same value returns the same document.
    """

    draft: str = ""
    request: DraftRequest | None = None
    client_reference: str = ""


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An issued document as it stands today. `replayed` says that an earlier call issued it."""

    issued: Issued
    status: Status
    due_minor: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    header: Header
    status: Status
    due_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceSearch:
    """What to look for; what is empty does not limit. `customer` is an id or an exact name."""

    query: str = ""
    status: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


async def issue_invoice(books: Books, request: IssueRequest) -> IssuedInvoice:
    """Issue one invoice: number, document, lines, journal, audit and idempotency in one transaction.

    Raises:
        NotReady: the organization or the customer lacks what an invoice must show.
        InvalidInput: a date before the series' last one or too far ahead, or anything a draft refuses.
        IdempotencyMismatch: the client reference was used for something else.
    """
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    return await books.write(lambda db: _issue(db, books, replace(request, client_reference=reference)))


async def get_invoice(books: Books, key: str) -> IssuedInvoice:
    """The document of this id or number.

    Raises:
        NotFound: no such document in these books.
    """
    return await books.look_up(lambda db: _standing(db, books, find_document(db, key)))


async def find_invoices(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Page[ListedInvoice]:
    """A page of issued documents, newest first."""
    check_limit(limit)
    run = books.look_up if search == InvoiceSearch() else books.read
    return await run(lambda db: _find(db, books, search, cursor, limit))


def find_document(db: Session, key: str, *, field: str = "invoice") -> Issued:
    """Raises:
    NotFound: no document of this id or number in these books, naming `field`.
    """
    found = documents.document_by_id_or_number(db, key.strip())
    if found is None:
        raise NotFound("No such document here. Look for it with find_invoices.", field=field)
    return found


def search_filter(db: Session, search: InvoiceSearch, today: date) -> DocumentFilter:
    """The search in terms of what is stored."""
    if search.issued_from and search.issued_to and search.issued_from > search.issued_to:
        raise InvalidInput("issued_from lies after issued_to.", field="issued_from")
    if search.status and search.status not in list(Status):
        raise InvalidInput(f"status must be one of: {', '.join(Status)}.", field="status")
    return DocumentFilter(
        query=search.query,
        customer=resolve_customer(db, search.customer).id if search.customer else "",
        issued_from=search.issued_from,
        issued_to=search.issued_to,
        overdue=search.status == Status.OVERDUE if search.status else None,
        today=today,
    )


def _issue(db: Session, books: Books, request: IssueRequest) -> IssuedInvoice:
    fingerprint = _fingerprint(request) if request.draft or request.client_reference else ""
    if request.client_reference:
        earlier = idempotency.subject_of(db, _TOOL, request.client_reference, fingerprint)
        if earlier is not None:
            return replace(_standing(db, books, find_document(db, earlier)), replayed=True)
    composed = compose_in(db, books, _resolved(db, request))
    _check_may_issue(db, composed)
    issued = _issue_composed(db, books, composed)
    if request.draft:
        drafts.delete_draft(db, request.draft)
        idempotency.remember(db, _DRAFT, request.draft, fingerprint, issued.document.id, at=books.clock())
    if request.client_reference:
        idempotency.remember(db, _TOOL, request.client_reference, fingerprint, issued.document.id, at=books.clock())
    return _as_of(composed.today, issued)


def _fingerprint(request: IssueRequest) -> str:
    return hashlib.sha256(canonical_json(asdict(request)).encode()).hexdigest()


def _resolved(db: Session, request: IssueRequest) -> Resolved:
    if request.draft and request.request is not None:
        raise InvalidInput("Give either draft, or the document's fields, not both.", field="draft")
    if request.draft:
        try:
            return resolve_draft(db, request.draft)
        except NotFound:
            _check_not_issued(db, request.draft)
            raise
    if request.request is None:
        raise InvalidInput("Give a draft, or customer and lines.", field="draft")
    return resolve_request(db, request.request)


def _check_not_issued(db: Session, draft: str) -> None:
    became = idempotency.known_subject(db, _DRAFT, draft)
    if became is not None:
        number = find_document(db, became).document.number
        raise Conflict(f"This draft was issued already, as {number}: look at it with get_invoice.", field="draft")


def _check_may_issue(db: Session, composed: Composed) -> None:
    """The checklist of an accountant before the number is drawn."""
    profile = composed.profile
    lacking = issuing_blockers(composed) if profile.environment is Environment.LIVE else ()
    lacking = lacking or tuple(blocker.message for blocker in blockers(profile))
    if lacking:
        raise NotReady(" ".join(lacking))
    if refused := date_refusal(db, composed):
        raise refused


def _issue_composed(db: Session, books: Books, composed: Composed) -> Issued:
    document, series = composed.document, composed.setup.series
    of_period = period(series.pattern, document.issue_date)
    sequence = documents.take_sequence(db, series.code, of_period)
    document = replace(
        document,
        id=new_id("inv"),
        number=number(
            series.pattern, sequence=sequence, issue_date=document.issue_date, environment=document.environment
        ),
    )
    now = books.clock()
    issued = documents.add_document(
        db, document, period=of_period, sequence=sequence, issued_at=now, issued_by=books.actor
    )
    documents.add_journal_entry(db, document, post(document, composed.setup.posting))
    audit.record(
        db,
        "issue_invoice",
        document.id,
        at=now,
        by=books.actor,
        detail={"number": document.number, "hash": issued.hash, "total_minor": document.total_minor},
    )
    return issued


def _standing(db: Session, books: Books, issued: Issued) -> IssuedInvoice:
    return _as_of(local_date(books.clock(), load_profile(db)), issued)


def _as_of(today: date, issued: Issued) -> IssuedInvoice:
    due_minor = issued.document.total_minor
    status = status_of(due_date=issued.document.due_date, due_minor=due_minor, today=today)
    return IssuedInvoice(issued, status, due_minor)


def _find(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Page[ListedInvoice]:
    today = local_date(books.clock(), load_profile(db))
    page = documents.find_documents(db, search_filter(db, search, today), cursor=cursor, limit=limit)
    return page.map(
        lambda header: ListedInvoice(
            header,
            status_of(due_date=header.due_date, due_minor=header.total_minor, today=today),
            header.total_minor,
        )
    )
