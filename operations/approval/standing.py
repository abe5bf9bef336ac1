"""What waits, as it is now: as it was asked for, and as it would stand if it were issued today."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.approval.approvals import Approval, digest_of, undated
from invoicing.approval.signing import Statement
from invoicing.document.documents import Document
from invoicing.document.notices import Notice
from invoicing.document.plain_values import made_of
from invoicing.organizations import Environment
from invoicing.refusals import Refusal
from operations.approval.invoices import check_ready, invoice_digest
from operations.approval.waiting import warnings_kept
from operations.credit_notes import ComposedCredit, CreditRequest, compose_credit, credit_digest
from operations.drafts import Composed, compose_in, document_warnings, resolve_draft
from operations.issue_dates import date_refusal
from operations.issuing import number_of
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class AskedNow:
    """What waits, as it would be now on the day for which it was asked (`digest`)."""

    document: Document
    digest: str
    overridden: bool


@dataclass(frozen=True, slots=True)
class IssuedNow:
    """What would be issued today: `obstacle` is why it is not what was approved, or cannot be; empty where it can."""

    composed: Composed | ComposedCredit
    warnings: tuple[Notice, ...]
    number: str
    obstacle: str

    @property
    def document(self) -> Document:
        return self.composed.document


def asked_now(db: Session, books: Books, approval: Approval) -> AskedNow:
    """What waits, composed anew.

    Raises:
        NotReady and others: what stands in the way of composing it.
    """
    day = approval.document.issue_date
    if not approval.request:
        resolved = replace(resolve_draft(db, approval.id), shown=None)
        composed = compose_in(db, books, replace(resolved, request=replace(resolved.request, issue_date=day)))
        digest = invoice_digest(db, books, resolved, composed)
        return AskedNow(composed.document, digest, bool(composed.overrides))
    request = credit_request(approval)
    note = compose_credit(db, books, replace(request, issue_date=day))
    return AskedNow(note.document, credit_digest(db, books, request, note), overridden=False)


def issued_now(db: Session, books: Books, approval: Approval) -> IssuedNow:
    """What would be issued today.

    Raises:
        NotReady and others: what stands in the way of issuing it.
    """
    composed: Composed | ComposedCredit
    if not approval.request:
        composed = compose_in(db, books, replace(resolve_draft(db, approval.id), shown=None))
        check_ready(composed)
        warnings = document_warnings(db, composed)
    else:
        composed = compose_credit(db, books, credit_request(approval))
        warnings = composed.warnings
    document, series = composed.document, composed.setup.series
    refused = date_refusal(db, document, composed.profile, series, today=composed.today)
    obstacle = _obstacle(approval, document, warnings, refused)
    return IssuedNow(composed, warnings, number_of(db, document, series), obstacle)


def credit_request(approval: Approval) -> CreditRequest:
    """What was asked for of a credit note."""
    return made_of(CreditRequest, json.loads(approval.request))


def statement_now(books: Books, approval: Approval, now: IssuedNow) -> Statement:
    """What whoever acts says yes to in the next step of what waits."""
    document = replace(now.document, id="", number="")
    return Statement(
        organization=books.organization.id,
        waits_as=approval.id,
        round=approval.round,
        step=len(approval.decisions) + 1,
        user_id=books.acting.user_id,
        approved=approval.digest,
        number=now.number,
        issue_date=document.issue_date,
        document=digest_of(document),
        undated=digest_of(undated(document)),
        warnings=warnings_kept(now.warnings),
    )


def _obstacle(approval: Approval, document: Document, warnings: tuple[Notice, ...], refused: Refusal | None) -> str:
    if refused is not None:
        return refused.message
    if undated(document) != undated(approval.document):
        return f"Dated {document.issue_date}, it says something else than what was approved."
    known = set(approval.warnings)
    new = dict.fromkeys(one.code for one in warnings if (one.code, one.text) not in known)
    if new and document.environment is Environment.LIVE:
        return f"It has a warning now that it did not have: {', '.join(new)}."
    return ""
