"""Issuing invoices, and looking at them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlmodel import Session

from invoicing.document.lifecycle import DRAFT, OPEN, Balance, Status, status_of
from invoicing.document.notices import Notice
from invoicing.document.readiness import blockers
from invoicing.document.requested import RequestedDocument, request_text
from invoicing.document.shown import Shown
from invoicing.money.sums import Sums
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, InvalidInput, NotReady
from invoicing.remedies import Act, Remark, remedy_on_record, remedy_record
from invoicing.tax.explaining import explain_choices
from invoicing.text.typed import clean_line
from operations.customers import resolve_customer
from operations.drafts import (
    Composed,
    DraftRequest,
    Preview,
    Resolved,
    compose_in,
    document_warnings,
    issuing_blockers,
    keep_draft,
    resolve_draft,
    resolve_request,
)
from operations.issue_dates import date_refusal, today_in
from operations.issuing import (
    StandingDocument,
    answered_for,
    find_document,
    fingerprint,
    issue_document,
    standing,
    standing_on,
)
from storage.books import audit, documents, drafts, idempotency, payments
from storage.books.balances import has_history
from storage.books.documents import DocumentFilter, Header, IssuedDocument
from storage.books.drafts import ListedDraft
from storage.books.pool import Books
from storage.books.sums import sums_of_documents, sums_of_headers
from storage.ids import new_id
from storage.paging import Page, check_limit

T = TypeVar("T")

_TOOL = "issue_invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """What to issue: a draft by its id, or a document as `draft_invoice` takes it.

    `client_reference` is the caller's own name for this document: the same value returns the same document.
    `acknowledge` are codes of warnings that an earlier answer showed for it; they are not part of what a retry repeats.
    """

    draft: str = ""
    request: DraftRequest | None = None
    client_reference: str = ""
    acknowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """What was issued, with the warnings that it was issued with; `seen` are the codes of those that its draft had
    shown. `choices` say why each line is taxed as it is; a replay does not say it again.
    """

    document: StandingDocument
    warnings: tuple[Notice, ...]
    seen: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptAsDraft:
    """What was not issued: the draft that it is kept as, and the codes of warnings that nobody has acknowledged.

    `seen` says that the draft had shown all of those before.
    """

    preview: Preview
    unacknowledged: tuple[str, ...]
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    header: Header
    status: Status

    @property
    def balance(self) -> Balance:
        return self.header.balance


@dataclass(frozen=True, slots=True)
class Found(Page[T]):
    """A page of a list, and the sums per currency of all that match, on this page or not."""

    sums: tuple[Sums, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSearch:
    """What to look for; what is empty does not limit. `customer` is an id or an exact name, `status` one of `Status`
    or `open`; `draft` is for `find_drafts`, which finds nothing else.
    """

    query: str = ""
    status: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


async def issue_invoice(books: Books, request: IssueRequest) -> IssuedInvoice | KeptAsDraft:
    """Issue one invoice: number, document, lines, journal, audit and idempotency in one transaction.

    In a live organization nothing is issued that has a warning nobody acknowledged: it is kept as a draft, whose
    warnings the answer shows. A code counts where an earlier answer showed that warning for this very draft.

    Raises:
        NotReady: the organization or the customer lacks what an invoice must show.
        InvalidInput: a date before the series' last one or too far ahead, or anything a draft refuses.
        IdempotencyMismatch: the client reference was used for something else.
    """
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    lines = len(request.request.document.lines) if request.request is not None else 1
    return await books.write(lambda db: _issue(db, books, replace(request, client_reference=reference)), size=lines)


async def issued_from(books: Books, draft: str) -> StandingDocument | None:
    """The document that a draft became; None where it has become none."""

    def work(db: Session) -> StandingDocument | None:
        became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft)
        return None if became is None else replace(standing(db, books, find_document(db, became)), replayed=True)

    return await books.read(work)


async def get_invoice(books: Books, key: str) -> StandingDocument:
    """The document of this id or number, with what happened to it.

    Raises:
        NotFound: no such document in these books.
    """
    return await books.read(lambda db: _with_history(db, books, find_document(db, key)))


async def find_invoices(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Found[ListedInvoice]:
    """A page of issued documents, newest first, with the sums of all that match."""
    check_limit(limit)
    if search == InvoiceSearch() and not cursor:
        # Where one page holds all that there is, it takes a few rows; where not, adding up takes as long as it does.
        page = await books.read(lambda db: _page(db, books, search, cursor, limit))
        if not page.next_cursor:
            return _with_sums(page, sums_of_headers(one.header for one in page.items))
    return await books.read(lambda db: _find(db, books, search, cursor, limit))


async def find_drafts(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Found[ListedDraft]:
    """A page of drafts, those changed last first, with the sums that all which match last showed; `status` does not
    limit them.

    Raises:
        InvalidInput: dates of issue, which drafts do not have.
    """
    check_limit(limit)
    for name in ("issued_from", "issued_to"):
        if getattr(search, name):
            raise InvalidInput(f"{name}: a draft is not issued, leave it out to list drafts.", field=name)

    def work(db: Session) -> Found[ListedDraft]:
        customer = resolve_customer(db, search.customer).id if search.customer else ""
        page = drafts.find_drafts(db, query=search.query, customer=customer, cursor=cursor, limit=limit)
        return _with_sums(page, drafts.sums_of_drafts(db, query=search.query, customer=customer))

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


def _issue(db: Session, books: Books, request: IssueRequest) -> IssuedInvoice | KeptAsDraft:
    request_hash = fingerprint(_as_asked(request)) if request.draft or request.client_reference else ""
    kept = idempotency.known_subject(db, idempotency.KEPT_AS_DRAFT, request.client_reference)
    earlier = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, kept) if kept else None
    earlier = earlier or idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if earlier is not None:
        return _replayed(db, books, earlier)
    resolved = _resolved(db, books, request, kept=kept or "")
    composed = compose_in(db, books, resolved)
    _check_may_issue(db, composed)
    warnings = document_warnings(db, composed)
    seen = _seen(warnings, resolved.shown)
    acknowledged = seen & set(request.acknowledge)
    unacknowledged = tuple(dict.fromkeys(one.code for one in warnings if one.code not in acknowledged))
    if unacknowledged and composed.profile.environment is Environment.LIVE:
        return _keep(
            db,
            books,
            request,
            resolved,
            composed,
            kept=kept or "",
            unacknowledged=unacknowledged,
            seen=seen.issuperset(unacknowledged),
        )
    issued = issue_document(
        db,
        books,
        composed.document,
        series=composed.setup.series,
        posting=composed.setup.posting,
        on_record=_on_record(composed, warnings)
        | {"client_reference": request.client_reference, "draft": request.draft or kept or ""},
    )
    draft = request.draft or kept or ""
    if draft:
        drafts.delete_draft(db, draft)
    for what, reference in ((idempotency.ISSUED_DRAFT, draft), (_TOOL, request.client_reference)):
        idempotency.remember(db, what, reference, request_hash, issued.document.id, at=books.clock())
    return IssuedInvoice(
        standing_on(composed.today, issued),
        warnings,
        seen,
        () if request.draft else tuple(explain_choices(composed.chosen)),
    )


def _replayed(db: Session, books: Books, document_id: str) -> IssuedInvoice:
    """What an earlier call issued, with the warnings that went on record with it."""
    known = audit.first_detail(db, "issue_invoice", document_id).get("warnings", ())
    document = replace(standing(db, books, find_document(db, document_id)), replayed=True)
    warnings = tuple(Notice(code, text, remedy_on_record(remedy)) for code, text, *remedy in known)
    return IssuedInvoice(document, warnings, frozenset(one.code for one in warnings))


def _keep(
    db: Session,
    books: Books,
    request: IssueRequest,
    resolved: Resolved,
    composed: Composed,
    *,
    kept: str,
    unacknowledged: tuple[str, ...],
    seen: bool,
) -> KeptAsDraft:
    """Keep what is not issued as a draft; a retry under the same client reference goes on with it."""
    draft_id = request.draft or kept or new_id("drf")
    preview = keep_draft(db, books, resolved, composed, draft_id=draft_id)
    if not request.draft and not kept:
        idempotency.remember(db, idempotency.KEPT_AS_DRAFT, request.client_reference, "", draft_id, at=books.clock())
    return KeptAsDraft(preview, unacknowledged, seen)


def _on_record(composed: Composed, warnings: tuple[Notice, ...]) -> dict[str, object]:
    """What the audit trail says besides the document: taxes that were chosen against the proposal, and warnings."""
    said = [[one.code, one.text, *(remedy_record(one.remedy) if one.remedy else ())] for one in warnings]
    found = {"overrides": list(composed.overrides), "warnings": said}
    return {name: value for name, value in found.items() if value} | answered_for(composed.form)


def _as_asked(request: IssueRequest) -> dict[str, object]:
    """The request in plain values, equal in every release: a field that was added later is not in it by default."""
    asked = request.request
    document = asked and {
        "copy_of": asked.copy_of,
        "draft": asked.draft,
        "document": json.loads(request_text(asked.document)),
    }
    return {"draft": request.draft, "client_reference": request.client_reference, "request": document}


def _resolved(db: Session, books: Books, request: IssueRequest, *, kept: str) -> Resolved:
    """What to issue. `kept` is the draft that an earlier call with this reference left; what it showed counts where
    it is still what is asked for now.
    """
    if request.draft and request.request is not None:
        raise InvalidInput("Give either draft, or the document's fields, not both.", field="draft")
    if request.draft:
        _check_not_issued(db, request.draft)
        return resolve_draft(db, request.draft)
    if request.request is None:
        raise InvalidInput("Give a draft, or customer and lines.", field="draft")
    resolved = replace(resolve_request(db, books, request.request), draft=kept)
    draft = drafts.draft_by_id(db, kept) if kept else None
    if draft is not None and draft[0] == _as_kept(resolved.request, draft[0]):
        # What a price means was settled when the draft was kept, whatever became of the settings since.
        return replace(resolved, request=draft[0], shown=draft[1])
    return resolved


def _as_kept(request: RequestedDocument, draft: RequestedDocument) -> RequestedDocument:
    """The request with what a draft fills in where nothing is said."""
    inclusive = draft.prices_include_tax if request.prices_include_tax is None else request.prices_include_tax
    return replace(request, prices_include_tax=inclusive, rounding=request.rounding or draft.rounding)


def _seen(warnings: tuple[Notice, ...], shown: Shown | None) -> frozenset[str]:
    """The codes of the warnings that the draft has shown: a code counts only where it showed all that bear it."""
    unseen = {one.code for one in warnings if shown is None or not shown.said(one)}
    return frozenset(one.code for one in warnings) - unseen


def _check_not_issued(db: Session, draft: str) -> None:
    became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft)
    if became is not None:
        number = find_document(db, became).document.number
        raise Conflict(f"This draft was issued already, as {number}.", field="draft", remedy=Act.READ_DOCUMENT)


def _check_may_issue(db: Session, composed: Composed) -> None:
    """The checklist of an accountant before the number is drawn."""
    profile = composed.profile
    live = profile.environment is Environment.LIVE
    lacking = issuing_blockers(composed) if live else tuple(Remark(one.text, one.remedy) for one in blockers(profile))
    if lacking:
        raise NotReady(*lacking)
    if refused := date_refusal(db, composed.document, composed.profile, composed.setup.series, today=composed.today):
        raise refused


def _with_history(db: Session, books: Books, issued: IssuedDocument) -> StandingDocument:
    found = standing(db, books, issued)
    if not has_history(db, issued.document.id):
        return found
    return replace(
        found,
        payments=tuple(payments.payments_of(db, issued.document.id)),
        credit_notes=tuple(documents.credit_notes_of(db, issued.document.id)),
    )


def _find(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Found[ListedInvoice]:
    page = _page(db, books, search, cursor, limit)
    if not cursor and not page.next_cursor:
        return _with_sums(page, sums_of_headers(one.header for one in page.items))
    return _with_sums(page, sums_of_documents(db, search_filter(db, search, today_in(db, books))))


def _page(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Page[ListedInvoice]:
    today = today_in(db, books)
    page = documents.find_documents(db, search_filter(db, search, today), cursor=cursor, limit=limit)
    return page.map(
        lambda header: ListedInvoice(header, status_of(header.balance, due_date=header.next_due, today=today))
    )


def _with_sums(page: Page[T], sums: tuple[Sums, ...]) -> Found[T]:
    return Found(page.items, page.next_cursor, page.left, sums)
