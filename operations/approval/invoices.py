"""An invoice on its way to its number: what exactly is approved, and issuing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from invoicing.approval.approvals import Approval, GivenApproval, State, digest_of
from invoicing.document.notices import Notice
from invoicing.document.readiness import blockers
from invoicing.document.requested import request_values
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, NotReady
from invoicing.remedies import Act, Remark, remedy_record
from operations.approval.waiting import approvals_on_record
from operations.drafts import Composed, Resolved, as_kept, compose_in, issuing_blockers
from operations.issue_dates import date_refusal
from operations.issuing import answered_for, find_document, fingerprint, issue_document
from operations.payments import record_as_issued
from storage.books import drafts, idempotency
from storage.books.approvals import approval_of, delete_approval
from storage.books.documents import IssuedDocument
from storage.books.pool import Books

TOOL = "issue_invoice"


def invoice_digest(db: Session, books: Books, resolved: Resolved, composed: Composed) -> str:
    """What exactly is approved: the request, and the document that it becomes on the day of `composed`, in its series
    and with its posting.
    """
    request = as_kept(resolved.request, composed)
    pinned = replace(resolved, request=replace(request, issue_date=composed.document.issue_date), shown=None)
    document = compose_in(db, books, pinned).document
    setup = composed.setup
    return digest_of(document, request_values(request), setup.series.pattern, setup.posting)


def shown_digest(db: Session, books: Books, resolved: Resolved, composed: Composed, warnings: Sequence[Notice]) -> str:
    """All that a person is shown of a draft before it is issued: what is approved, and the warnings."""
    return fingerprint([invoice_digest(db, books, resolved, composed), [[one.code, one.text] for one in warnings]])


def waits_unchanged(db: Session, books: Books, draft: str, resolved: Resolved) -> Approval | None:
    """What the draft waits as, where it does and is as it was when it was asked for; whatever became of workflows."""
    before = approval_of(db, draft)
    if before is None or before.state is not State.WAITING:
        return None
    unseen = replace(resolved, shown=None)
    dated = replace(unseen, request=replace(unseen.request, issue_date=before.document.issue_date))
    now = invoice_digest(db, books, unseen, compose_in(db, books, dated))
    return before if now == before.digest else None


def check_ready(composed: Composed) -> None:
    """What the organization and the customer lack before an invoice can be issued.

    Raises:
        NotReady.
    """
    profile = composed.profile
    live = profile.environment is Environment.LIVE
    lacking = issuing_blockers(composed) if live else tuple(Remark(one.text, one.remedy) for one in blockers(profile))
    if lacking:
        raise NotReady(*lacking)


def check_may_issue(db: Session, composed: Composed) -> None:
    """The checklist of an accountant before the number is drawn.

    Raises:
        NotReady, or what its date is refused for.
    """
    check_ready(composed)
    if refused := date_refusal(db, composed.document, composed.profile, composed.setup.series, today=composed.today):
        raise refused


def check_not_issued(db: Session, draft: str) -> None:
    became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft)
    if became is not None:
        number = find_document(db, became).document.number
        raise Conflict(f"This draft was issued already, as {number}.", field="draft", remedy=Act.READ_DOCUMENT)


def issue_composed(
    db: Session,
    books: Books,
    composed: Composed,
    warnings: Sequence[Notice],
    *,
    draft: str,
    client_reference: str,
    request_hash: str,
    given: Sequence[GivenApproval] = (),
) -> IssuedDocument:
    """Issue a composed invoice: it takes its draft's place, and answers to the reference of the call that asked.
    One that says that it is paid is settled with it.
    """
    issued = issue_document(
        db,
        books,
        composed.document,
        series=composed.setup.series,
        posting=composed.setup.posting,
        on_record=_on_record(composed, warnings)
        | {"client_reference": client_reference, "draft": draft}
        | approvals_on_record(given),
        given=given,
    )
    if draft:
        delete_approval(db, draft)
        drafts.delete_draft(db, draft)
    for what, reference in ((idempotency.ISSUED_DRAFT, draft), (TOOL, client_reference)):
        idempotency.remember(db, what, reference, request_hash, issued.document.id, at=books.clock())
    return record_as_issued(db, books, issued)


def _on_record(composed: Composed, warnings: Sequence[Notice]) -> dict[str, object]:
    """What the audit trail says besides the document: taxes that were chosen against the proposal, and warnings."""
    said = [[one.code, one.text, *(remedy_record(one.remedy) if one.remedy else ())] for one in warnings]
    found = {"overrides": list(composed.overrides), "warnings": said}
    return {name: value for name, value in found.items() if value} | answered_for(composed.form)
