"""Issuing invoices, and looking at them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.documents import Environment
from invoicing.lifecycle import DRAFT, OPEN, Balance, Status, status_of
from invoicing.readiness import blockers
from invoicing.refusals import Conflict, InvalidInput, NotReady
from invoicing.requested import request_text
from invoicing.text import clean_line
from operations.customers import resolve_customer
from operations.drafts import (
    Composed,
    DraftRequest,
    Resolved,
    compose_in,
    date_refusal,
    issuing_blockers,
    resolve_draft,
    resolve_request,
    takes_long,
    today_in,
)
from operations.issuing import IssuedDocument, find_document, fingerprint, issue_document, standing, standing_on
from storage import documents, drafts, idempotency, payments
from storage.balances import has_history
from storage.books import Books
from storage.documents import DocumentFilter, Header, Issued
from storage.drafts import ListedDraft
from storage.paging import Page, check_limit

_TOOL = "issue_invoice"


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What to issue: a draft by its id, or a document as `draft_invoice` takes it.

    `client_reference` is the caller's own name for this document: the same value returns the same document.
    """

    draft: str = ""
    request: DraftRequest | None = None
    client_reference: str = ""


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    header: Header
    status: Status

    @property
    def balance(self) -> Balance:
        return self.header.balance


@dataclass(frozen=True, slots=True)
class InvoiceSearch:
    """What to look for; what is empty does not limit. `customer` is an id or an exact name, `status` one of `Status`
    or `open`; `draft` is for `find_drafts`, which finds nothing else.
    """

    query: str = ""
    status: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


async def issue_invoice(books: Books, request: IssueRequest) -> IssuedDocument:
    """Issue one invoice: number, document, lines, journal, audit and idempotency in one transaction.

    Raises:
        NotReady: the organization or the customer lacks what an invoice must show.
        InvalidInput: a date before the series' last one or too far ahead, or anything a draft refuses.
        IdempotencyMismatch: the client reference was used for something else.
    """
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    long = request.request is not None and takes_long(request.request)
    return await books.write(lambda db: _issue(db, books, replace(request, client_reference=reference)), long=long)


async def get_invoice(books: Books, key: str) -> IssuedDocument:
    """The document of this id or number, with what happened to it.

    Raises:
        NotFound: no such document in these books.
    """
    return await books.look_up(lambda db: _with_history(db, books, find_document(db, key)))


async def find_invoices(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Page[ListedInvoice]:
    """A page of issued documents, newest first."""
    check_limit(limit)
    run = books.look_up if search == InvoiceSearch() else books.read
    return await run(lambda db: _find(db, books, search, cursor, limit))


async def find_drafts(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Page[ListedDraft]:
    """A page of drafts, those changed last first; `status` does not limit them.

    Raises:
        InvalidInput: dates of issue, which drafts do not have.
    """
    check_limit(limit)
    for name in ("issued_from", "issued_to"):
        if getattr(search, name):
            raise InvalidInput(f"{name}: a draft is not issued, leave it out to list drafts.", field=name)

    def work(db: Session) -> Page[ListedDraft]:
        customer = resolve_customer(db, search.customer).id if search.customer else ""
        return drafts.find_drafts(db, query=search.query, customer=customer, cursor=cursor, limit=limit)

    return await books.read(work)


def search_filter(db: Session, search: InvoiceSearch, today: date) -> DocumentFilter:
    """The search in terms of what is stored."""
    if search.issued_from and search.issued_to and search.issued_from > search.issued_to:
        raise InvalidInput("issued_from lies after issued_to.", field="issued_from")
    known = [OPEN, *Status]
    if search.status and search.status not in known:
        raise InvalidInput(f"status must be one of: {', '.join([*known, DRAFT])}.", field="status")
    return DocumentFilter(
        query=search.query,
        customer=resolve_customer(db, search.customer).id if search.customer else "",
        issued_from=search.issued_from,
        issued_to=search.issued_to,
        status=search.status,
        today=today,
    )


def _issue(db: Session, books: Books, request: IssueRequest) -> IssuedDocument:
    request_hash = fingerprint(_as_asked(request)) if request.draft or request.client_reference else ""
    earlier = idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if earlier is not None:
        return replace(standing(db, books, find_document(db, earlier)), replayed=True)
    composed = compose_in(db, books, _resolved(db, books, request))
    _check_may_issue(db, composed)
    setup = composed.setup
    issued = issue_document(
        db,
        books,
        composed.document,
        series=setup.series,
        posting=setup.posting,
        overrides=composed.overrides,
        form=composed.form,
    )
    if request.draft:
        drafts.delete_draft(db, request.draft)
    for what, reference in ((idempotency.ISSUED_DRAFT, request.draft), (_TOOL, request.client_reference)):
        idempotency.remember(db, what, reference, request_hash, issued.document.id, at=books.clock())
    return standing_on(composed.today, issued)


def _as_asked(request: IssueRequest) -> dict[str, object]:
    """The request in plain values, equal in every release: a field that was added later is not in it by default."""
    asked = request.request
    document = asked and {
        "copy_of": asked.copy_of,
        "draft": asked.draft,
        "document": json.loads(request_text(asked.document)),
    }
    return {"draft": request.draft, "client_reference": request.client_reference, "request": document}


def _resolved(db: Session, books: Books, request: IssueRequest) -> Resolved:
    if request.draft and request.request is not None:
        raise InvalidInput("Give either draft, or the document's fields, not both.", field="draft")
    if request.draft:
        _check_not_issued(db, request.draft)
        return resolve_draft(db, request.draft)
    if request.request is None:
        raise InvalidInput("Give a draft, or customer and lines.", field="draft")
    return resolve_request(db, books, request.request)


def _check_not_issued(db: Session, draft: str) -> None:
    became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft)
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
    if refused := date_refusal(db, composed.document, composed.profile, today=composed.today):
        raise refused


def _with_history(db: Session, books: Books, issued: Issued) -> IssuedDocument:
    found = standing(db, books, issued)
    if not has_history(db, issued.document.id):
        return found
    return replace(
        found,
        payments=tuple(payments.payments_of(db, issued.document.id)),
        credit_notes=tuple(documents.credit_notes_of(db, issued.document.id)),
    )


def _find(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Page[ListedInvoice]:
    today = today_in(db, books)
    page = documents.find_documents(db, search_filter(db, search, today), cursor=cursor, limit=limit)
    return page.map(
        lambda header: ListedInvoice(header, status_of(header.balance, due_date=header.due_date, today=today))
    )
