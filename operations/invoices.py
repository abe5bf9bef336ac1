"""Issuing invoices, and looking at them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlmodel import Session

from invoicing.approval.approvals import Approval
from invoicing.approval.matching import AskedStep
from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.document.notices import Notice
from invoicing.document.requested import RequestedDocument, request_text
from invoicing.document.shown import Shown
from invoicing.exports.ledger.entries import Entry
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import remedy_on_record
from invoicing.tax.explaining import explain_choices
from invoicing.text.typed import clean_line
from operations.advances import advance_left
from operations.approval.invoices import (
    TOOL,
    check_may_issue,
    check_not_issued,
    invoice_digest,
    issue_composed,
    shown_digest,
    waits_unchanged,
)
from operations.approval.waiting import (
    AwaitingApproval,
    begin_waiting,
    standing_approval,
    steps_for,
    void_approval,
    waits_for_the_same,
    warnings_kept,
)
from operations.drafts import (
    Composed,
    DraftRequest,
    Preview,
    Resolved,
    compose_in,
    document_warnings,
    keep_draft,
    preparers_with,
    resolve_draft,
    resolve_request,
)
from operations.issuing import StandingDocument, find_document, fingerprint, open_of_former, standing, standing_on
from storage.books import audit, chart, documents, drafts, idempotency, payments
from storage.books.approvals import approval_of, approvals_of_document
from storage.books.balances import has_history
from storage.books.documents import IssuedDocument
from storage.books.former_lists import former_by_key
from storage.books.journal_entries import entries_of_document
from storage.books.pool import Books
from storage.ids import new_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """What to issue: a draft by its id, or a document as `draft_invoice` takes it.

    `client_reference` is the caller's own name for this document: the same value returns the same document.
    `acknowledge` are codes of warnings that an earlier answer showed for it; they are not part of what a retry repeats.
    A draft is issued only as a person has `seen_as`, by the digest of what the page showed, warnings included.
    """

    draft: str = ""
    request: DraftRequest | None = None
    client_reference: str = ""
    acknowledge: tuple[str, ...] = ()
    seen_as: str = ""


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """What was issued, with the warnings that it was issued with; `seen` are the codes of those that its draft had
    shown. `choices` say why each line is taxed as it is; a replay does not say it again. `former_open_minor` is what is
    open of the invoice of a former system that a credit note is for.
    """

    document: StandingDocument
    warnings: tuple[Notice, ...]
    seen: frozenset[str] = frozenset()
    choices: tuple[str, ...] = ()
    former_open_minor: int = 0


@dataclass(frozen=True, slots=True)
class KeptAsDraft:
    """What was not issued: the draft that it is kept as, and the codes of warnings that nobody has acknowledged.

    `seen` says that the draft had shown all of those before.
    """

    preview: Preview
    unacknowledged: tuple[str, ...]
    seen: bool = False


async def issue_invoice(books: Books, request: IssueRequest) -> IssuedInvoice | KeptAsDraft | AwaitingApproval:
    """Issue one invoice: number, document, lines, journal, audit and idempotency in one transaction.

    What a workflow matches, or the policy wants a person for, is kept as a draft that waits for approval.

    In a live organization nothing is issued that has a warning nobody acknowledged: it is kept as a draft, whose
    warnings the answer shows. A code counts where an earlier answer showed that warning for this very draft.

    Raises:
        NotReady: the organization or the customer lacks what an invoice must show.
        InvalidInput: a date before the series' last one or too far ahead, or anything a draft refuses.
        IdempotencyMismatch: the client reference was used for something else.
    """
    wanted, lines = _cleaned(request)
    return await books.write(lambda db: _issue(db, books, wanted), size=lines)


async def foresee_issue(books: Books, request: IssueRequest) -> Foreseen | IssuedInvoice | AwaitingApproval:
    """What `issue_invoice` would make of the request now, or what an earlier call made of it. Nothing is written, and
    no warning has been shown.

    Raises:
        NotReady, InvalidInput, IdempotencyMismatch: as `issue_invoice` does.
    """
    wanted, lines = _cleaned(request)
    return await books.read(lambda db: _foresee(db, books, wanted), size=lines)


async def issued_from(books: Books, draft: str) -> StandingDocument | None:
    """The document that a draft became; None where it has become none."""

    def work(db: Session) -> StandingDocument | None:
        became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft)
        return None if became is None else replace(standing(db, books, find_document(db, became)), replayed=True)

    return await books.read(work)


async def get_invoice(books: Books, key: str) -> StandingDocument:
    """The document of this id or number, with what happened to it and what it was approved by.

    Raises:
        NotFound: no such document in these books.
    """
    return await books.read(lambda db: _with_history(db, books, find_document(db, key, former=True)))


async def entries_of(books: Books, document_id: str) -> tuple[list[Entry], Mapping[str, str]]:
    """What was posted for a document, by day, and what the accounts of that are called."""

    def work(db: Session) -> tuple[list[Entry], Mapping[str, str]]:
        found = entries_of_document(db, document_id)
        numbers = {side.account for entry in found for side in entry.sides}
        return found, {one.number: one.name for one in chart.accounts(db) if one.number in numbers}

    return await books.read(work)


async def find_approval(books: Books, key: str) -> Approval | None:
    """What waits, or waited and was not issued, under the id of a draft or of a credit note that was asked for."""
    return await books.read(lambda db: approval_of(db, key.strip()))


def _cleaned(request: IssueRequest) -> tuple[IssueRequest, int]:
    """The request with its reference in order, and how many lines it has."""
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    lines = len(request.request.document.lines) if request.request is not None else 1
    return replace(request, client_reference=reference), lines


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What issuing would come to: a draft that stays one because of its `unacknowledged` warnings, a document
    that waits for the `steps`, or else one that is issued.
    """

    document: Document
    warnings: tuple[Notice, ...]
    unacknowledged: tuple[str, ...]
    steps: tuple[AskedStep, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An invoice that can be issued, and what stands between it and its number: warnings that nobody has acknowledged,
    or steps that it waits for; `digest` is of what is approved then, and empty where there are none.
    """

    resolved: Resolved
    composed: Composed
    warnings: tuple[Notice, ...]
    seen: frozenset[str]
    unacknowledged: tuple[str, ...]
    draft: str
    request_hash: str
    steps: tuple[AskedStep, ...]
    digest: str


def _issue(db: Session, books: Books, request: IssueRequest) -> IssuedInvoice | KeptAsDraft | AwaitingApproval:
    prepared = _prepare(db, books, request)
    if not isinstance(prepared, _Prepared):
        return prepared
    if prepared.unacknowledged:
        return _keep(db, books, request, prepared)
    if prepared.steps:
        return _wait(db, books, request, prepared)
    void_approval(db, books, prepared.draft, "It changed, and no workflow asks for it any more.")
    issued = issue_composed(
        db,
        books,
        prepared.composed,
        prepared.warnings,
        draft=prepared.draft,
        client_reference=request.client_reference,
        request_hash=prepared.request_hash,
    )
    return IssuedInvoice(
        standing_on(prepared.composed.today, issued),
        prepared.warnings,
        prepared.seen,
        () if request.draft else tuple(explain_choices(prepared.composed.chosen)),
        open_of_former(db, issued.document),
    )


def _prepare(db: Session, books: Books, request: IssueRequest) -> _Prepared | IssuedInvoice | AwaitingApproval:
    """What would be issued, or what became of an earlier call with the same reference. Nothing is written."""
    request_hash = fingerprint(_as_asked(request)) if request.draft or request.client_reference else ""
    kept = idempotency.known_subject(db, idempotency.KEPT_AS_DRAFT, request.client_reference) or ""
    earlier = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, kept) if kept else None
    earlier = earlier or idempotency.subject_of(db, TOOL, request.client_reference, request_hash)
    if earlier is not None:
        return _replayed(db, books, earlier)
    standing = standing_approval(db, kept, reference=request.client_reference, request_hash=request_hash)
    if standing is not None:
        return standing
    resolved = _resolved(db, books, request, kept=kept)
    if request.draft and (waiting := waits_unchanged(db, books, request.draft, resolved)):
        return AwaitingApproval(waiting, replayed=True)
    composed = compose_in(db, books, resolved)
    check_may_issue(db, composed)
    warnings = document_warnings(db, composed)
    if request.seen_as and request.seen_as != shown_digest(db, books, resolved, composed, warnings):
        raise Conflict("It is not as it was shown to you any more. Nothing was issued: this is how it is now.")
    seen = frozenset(one.code for one in warnings) if request.seen_as else _seen(warnings, resolved.shown)
    acknowledged = seen & set(request.acknowledge)
    unacknowledged = tuple(dict.fromkeys(one.code for one in warnings if one.code not in acknowledged))
    live = composed.profile.environment is Environment.LIVE
    draft = request.draft or kept
    steps = steps_for(
        db,
        books,
        composed.document,
        overridden=bool(composed.overrides),
        preparers=preparers_with(db, books, draft),
    )
    return _Prepared(
        resolved,
        composed,
        warnings,
        seen,
        unacknowledged if live else (),
        draft,
        request_hash,
        steps,
        invoice_digest(db, books, resolved, composed) if steps else "",
    )


def _foresee(db: Session, books: Books, request: IssueRequest) -> Foreseen | IssuedInvoice | AwaitingApproval:
    prepared = _prepare(db, books, request)
    if not isinstance(prepared, _Prepared):
        return prepared
    return Foreseen(prepared.composed.document, prepared.warnings, prepared.unacknowledged, prepared.steps)


def _wait(db: Session, books: Books, request: IssueRequest, prepared: _Prepared) -> AwaitingApproval:
    """Keep the invoice as a draft that waits. One that waits already, as it is, goes on as it does."""
    draft = prepared.draft or new_id("drf")
    wanted = Approval(
        id=draft,
        document=prepared.composed.document,
        digest=prepared.digest,
        steps=prepared.steps,
        preparers=preparers_with(db, books, prepared.draft),
        asked_at=books.clock(),
        asked_by=books.actor,
        warnings=warnings_kept(prepared.warnings),
        client_reference=request.client_reference,
        request_hash=prepared.request_hash,
    )
    before = approval_of(db, draft)
    if before is not None and waits_for_the_same(before, wanted):
        return AwaitingApproval(before, replayed=True)
    keep_draft(db, books, prepared.resolved, prepared.composed, draft_id=draft)
    _remember_kept(db, books, request, draft)
    return AwaitingApproval(begin_waiting(db, books, wanted))


def _remember_kept(db: Session, books: Books, request: IssueRequest, draft: str) -> None:
    if idempotency.known_subject(db, idempotency.KEPT_AS_DRAFT, request.client_reference) is None:
        idempotency.remember(db, idempotency.KEPT_AS_DRAFT, request.client_reference, "", draft, at=books.clock())


def _replayed(db: Session, books: Books, document_id: str) -> IssuedInvoice:
    """What an earlier call issued, with the warnings that went on record with it."""
    document = replace(standing(db, books, find_document(db, document_id)), replayed=True)
    issuing = f"issue_{document.document.kind.value}"
    known = audit.first_detail(db, issuing, document_id).get("warnings", ())
    warnings = tuple(Notice(code, text, remedy_on_record(remedy)) for code, text, *remedy in known)
    return IssuedInvoice(document, warnings, frozenset(one.code for one in warnings))


def _keep(db: Session, books: Books, request: IssueRequest, prepared: _Prepared) -> KeptAsDraft:
    """Keep what is not issued as a draft; a retry under the same client reference goes on with it."""
    draft = prepared.draft or new_id("drf")
    void_approval(db, books, draft, "It has warnings that nobody has acknowledged.")
    preview = keep_draft(db, books, prepared.resolved, prepared.composed, draft_id=draft)
    if not request.draft:
        _remember_kept(db, books, request, draft)
    return KeptAsDraft(preview, prepared.unacknowledged, prepared.seen.issuperset(prepared.unacknowledged))


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
        check_not_issued(db, request.draft)
        kept_draft = resolve_draft(db, request.draft)
        return replace(kept_draft, shown=None) if request.seen_as else kept_draft
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


def _with_history(db: Session, books: Books, issued: IssuedDocument) -> StandingDocument:
    if is_former(issued.document.id):
        paid, kept = payments.payments_of(db, issued.document.id), former_by_key(db, issued.document.id)
        return replace(standing(db, books, issued), payments=tuple(paid), former=kept[0] if kept else None)
    found = replace(
        standing(db, books, issued),
        approvals=approvals_of_document(db, issued.document.id),
        advance_left=advance_left(db, issued.document),
    )
    if not has_history(db, issued.document.id):
        return found
    return replace(
        found,
        payments=tuple(payments.payments_of(db, issued.document.id)),
        credit_notes=tuple(documents.credit_notes_of(db, issued.document.id)),
    )
