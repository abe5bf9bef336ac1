"""Drafts as a person looks at them on a page: as they would be issued now, with nothing written for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.approval.approvals import State
from invoicing.approval.matching import AskedStep
from invoicing.document.requested import RequestedDocument
from invoicing.refusals import Refusal
from invoicing.remedies import Remark
from operations.approval.invoices import check_may_issue, shown_digest
from operations.approval.waiting import steps_for
from operations.drafts import (
    DraftRequest,
    Preview,
    compose_in,
    preparers_with,
    preview_of,
    resolve_draft,
    resolve_request,
)
from storage.books.approvals import approval_of
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class PreparedDraft:
    """A draft as it would be issued now. `obstacles` say why it cannot be, `steps` what it would wait for, and `waits`
    that it does so already. `seen_as` is the digest of all that a person is shown of it: see `IssueRequest`.
    """

    request: RequestedDocument
    preview: Preview
    obstacles: tuple[Remark, ...]
    steps: tuple[AskedStep, ...]
    waits: bool
    seen_as: str


async def prepared_draft(books: Books, draft: str) -> PreparedDraft:
    """The draft of this id.

    Raises:
        NotFound: no such draft in these books.
        Immutable: it is issued.
        InvalidInput, LimitExceeded, NotReady: it cannot be composed any more.
    """
    return await books.read(lambda db: _prepared(db, books, draft))


async def foresee_draft(books: Books, request: DraftRequest) -> Preview:
    """What `draft_invoice` would make of the request. Nothing is written.

    Raises:
        NotFound, InvalidInput, LimitExceeded, Conflict, NotReady: as `draft_invoice` does.
    """

    def work(db: Session) -> Preview:
        resolved = replace(resolve_request(db, books, request), draft=request.draft)
        return preview_of(db, request.draft, compose_in(db, books, resolved))

    return await books.read(work, size=len(request.document.lines))


def _prepared(db: Session, books: Books, draft: str) -> PreparedDraft:
    # It is shown as it is now, whatever it showed when it was kept.
    resolved = replace(resolve_draft(db, draft), shown=None)
    composed = compose_in(db, books, resolved)
    preview = preview_of(db, draft, composed)
    overridden, preparers = bool(composed.overrides), preparers_with(db, books, draft)
    approval = approval_of(db, draft)
    obstacles: tuple[Remark, ...] = ()
    try:
        check_may_issue(db, composed)
    except Refusal as refusal:
        obstacles = refusal.remarks
    return PreparedDraft(
        request=resolved.request,
        preview=preview,
        obstacles=obstacles,
        steps=steps_for(db, books, composed.document, overridden=overridden, preparers=preparers),
        waits=approval is not None and approval.state is State.WAITING,
        seen_as=shown_digest(db, books, resolved, composed, preview.warnings),
    )
