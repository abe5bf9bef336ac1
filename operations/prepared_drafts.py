"""Drafts as a person looks at them on a page: as they would be issued now, with nothing written for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from invoicing.approval.approvals import State
from invoicing.approval.matching import AskedStep
from invoicing.document.requested import RequestedDocument, request_values
from invoicing.master_data.profiles import Profile
from invoicing.refusals import Conflict, Refusal
from invoicing.remedies import Remark
from operations.approval.invoices import check_may_issue, shown_digest
from operations.approval.waiting import steps_for
from operations.customers import resolve_customer
from operations.drafts import (
    DraftRequest,
    Preview,
    compose_in,
    draft_in,
    load_draft,
    preparers_with,
    preview_of,
    resolve_draft,
    resolve_request,
)
from operations.issuing import fingerprint
from storage.books import customers, items
from storage.books.approvals import approval_of
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_terms
from storage.books.tax_codes import load_tax_codes


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


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was asked for with a draft, and what customer and items (by id) are called. `kept_as` is its digest."""

    request: RequestedDocument
    customer: str
    items: Mapping[str, str]
    kept_as: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Names of customers and items, at most CHOICES_MAX of each, and codes with their names."""

    customers: tuple[str, ...]
    items: tuple[str, ...]
    tax_codes: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, str], ...]
    profile: Profile


CHOICES_MAX = 100


async def prepared_draft(books: Books, draft: str) -> PreparedDraft:
    """The draft of this id.

    Raises:
        NotFound: no such draft in these books.
        Immutable: it is issued.
        InvalidInput, LimitExceeded, NotReady: it cannot be composed any more.
    """
    return await books.read(lambda db: _prepared(db, books, draft))


async def kept_draft(books: Books, draft: str) -> KeptDraft:
    """What was asked for with a draft, to be changed.

    Raises:
        NotFound: no such draft in these books.
        Immutable: it is issued.
    """

    def work(db: Session) -> KeptDraft:
        request, _ = load_draft(db, draft)
        found = items.items_by_ids(db, (line.item for line in request.lines if line.item))
        return KeptDraft(
            request=request,
            customer=resolve_customer(db, request.customer).name,
            items={item.id: item.name for item in found.values()},
            kept_as=fingerprint(request_values(request)),
        )

    return await books.read(work)


async def save_draft(books: Books, request: DraftRequest, *, kept_as: str) -> Preview:
    """Keep a draft, new or in place of one that is still `kept_as` it was when somebody began to change it.

    Raises:
        Conflict: somebody else has changed it since.
        NotFound, InvalidInput, LimitExceeded, NotReady: as `draft_invoice` does.
    """

    def work(db: Session) -> Preview:
        if request.draft and fingerprint(request_values(load_draft(db, request.draft)[0])) != kept_as:
            raise Conflict(
                "It was changed since you opened it: nothing of yours was saved. Open it anew, and change it there.",
                field="draft",
            )
        return draft_in(db, books, request)

    return await books.write(work, size=len(request.document.lines))


async def choices_for_draft(books: Books) -> Choices:
    """What there is to choose from while a draft is written."""

    def work(db: Session) -> Choices:
        every: Any = {"query": "", "cursor": "", "limit": CHOICES_MAX}
        return Choices(
            customers=tuple(one.name for one in customers.find_customers(db, **every).items),
            items=tuple(one.name for one in items.find_items(db, **every).items),
            tax_codes=tuple((one.code, one.name) for one in load_tax_codes(db) if one.active),
            terms=tuple((one.code, one.name) for one in load_terms(db) if one.active),
            profile=load_profile(db),
        )

    return await books.read(work)


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
