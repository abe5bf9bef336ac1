"""Deciding what waits: one step by one person, and after the last one the document takes its number at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.approval.approvals import (
    COMMENT_LENGTH_MAX,
    Answer,
    Approval,
    Decision,
    How,
    State,
    check_may_decide,
    given_approvals,
    undated,
    yes_to,
)
from invoicing.approval.people import with_actor
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.notices import Notice
from invoicing.document.plain_values import made_of
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_text
from operations.approval.invoices import check_ready, invoice_digest, issue_composed
from operations.approval.persons import PersonSaid, Question, wants_person
from operations.approval.waiting import begin_waiting, return_to_draft, steps_for
from operations.credit_notes import CreditRequest, compose_credit, credit_digest, issue_composed_credit
from operations.drafts import compose_in, document_warnings, resolve_draft
from operations.issue_dates import date_refusal
from operations.issuing import StandingDocument, find_document, standing_on
from storage.books import audit, idempotency
from storage.books.approvals import approval_of, save_approval
from storage.books.checks import DECIDING
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What somebody says of a document that waits, by its id."""

    document: str
    decision: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: what waits on, was rejected, or is a draft again, as `approval` says; or the document
    that was issued. `anew` says that the decision was not counted: what waited had changed, and waits anew, or is a
    draft again. `repeated` says that the same person had said the same of this step already: nothing more was done.
    """

    approval: Approval
    issued: StandingDocument | None = None
    anew: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Now:
    """What waits, as it would be now: on the day for which it was asked (`digest`), and today."""

    pinned: Document
    digest: str
    overridden: bool
    today: date


async def decide_approval(books: Books, request: DecisionRequest, said: PersonSaid | None = None) -> Decided:
    """Decide the next step of what waits, in one transaction with all that follows from it.

    Raises:
        NotFound: nothing waits under this id.
        Conflict: it does not wait any more.
        NotAllowed: the step is not for whoever decides, or a person's yes is wanted and nobody has said it.
        NotReady and others: what stands in the way of issuing it.
    """
    answer, comment = _checked(request)
    return await books.write(lambda db: _decide(db, books, request.document, answer, comment, said))


async def question_before_decision(books: Books, request: DecisionRequest) -> Question | None:
    """What a person is to be asked before `decide_approval`; None where nobody is.

    Raises:
        NotFound, Conflict, NotAllowed: as `decide_approval` does.
    """
    answer, _ = _checked(request)
    if answer is not Answer.APPROVE or not wants_person(books.organization):
        return None

    def work(db: Session) -> Question | None:
        if _said_before(db, books, request.document, answer) is not None:
            return None
        approval = _waiting(db, request.document)
        check_may_decide(approval, books.acting)
        now = _as_it_is_now(db, books, approval)
        return Question(now.pinned, _yes(approval, now.digest), draft=approval.id, deciding=True)

    return await books.read(work)


def _checked(request: DecisionRequest) -> tuple[Answer, str]:
    try:
        answer = Answer(small_letters(request.decision))
    except ValueError:
        raise InvalidInput("decision must be approve or reject.", field="decision", candidates=list(Answer)) from None
    return answer, clean_text(request.comment, field="comment", limit=COMMENT_LENGTH_MAX)


def _waiting(db: Session, key: str) -> Approval:
    found = approval_of(db, key.strip())
    if found is not None and found.state is State.WAITING:
        return found
    became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, key.strip())
    if became is not None:
        number = find_document(db, became).document.number
        raise Conflict(f"It is issued already, as {number}.", field="document", remedy=Act.READ_DOCUMENT)
    if found is not None and found.state is State.REJECTED:
        raise Conflict("It was rejected already, and waits no more.", field="document")
    if found is not None:
        raise Conflict(f"It is a draft again, and waits no more: {found.note}", field="document")
    raise NotFound("Nothing of this id waits for approval here.", field="document", remedy=Act.FIND_WAITING)


def _said_before(db: Session, books: Books, key: str, answer: Answer) -> Approval | None:
    """What waits, or was rejected, where the last that was said of it is this, by whoever acts: a call that is repeated
    because its answer was lost.
    """
    found = approval_of(db, key.strip())
    if found is None or found.state is State.RETURNED or not found.decisions:
        return None
    last = found.decisions[-1]
    same = (last.user_id, last.answer) == (books.acting.user_id, answer)
    return found if same and books.acting.is_person else None


def _decide(db: Session, books: Books, key: str, answer: Answer, comment: str, said: PersonSaid | None) -> Decided:
    said_before = _said_before(db, books, key, answer)
    if said_before is not None:
        return Decided(said_before, repeated=True)
    approval = _waiting(db, key)
    check_may_decide(approval, books.acting)
    how = How.TOOL
    if answer is Answer.APPROVE:
        now = _as_it_is_now(db, books, approval)
        if (changed := _changed(db, books, approval, now)) is not None:
            return changed
        how = _asked(books, approval, said)
    decision = Decision(answer, books.acting.user_id, books.actor, books.clock(), how, comment)
    decided = approval.decided(decision)
    _record(db, approval, decision)
    if decided.state is State.WAITING and len(decided.decisions) == len(decided.steps):
        return _issue(db, books, decided)
    save_approval(db, decided)
    return Decided(decided)


def _asked(books: Books, approval: Approval, said: PersonSaid | None) -> How:
    if not wants_person(books.organization):
        return How.TOOL
    if said is not None and not said.to(_yes(approval, approval.digest)):
        raise NotAllowed("It has changed since the person was shown it: repeat the call.", field="document")
    if said is None:
        raise NotAllowed(
            "The policy human_approval wants a person's own yes to exactly this document, and nobody has said it.",
            field="document",
        )
    return said.how


def _yes(approval: Approval, digest: str) -> str:
    """What a person's yes to the next step counts for; the decision uses it up."""
    return yes_to(digest, approval.id, approval.round, len(approval.decisions))


def _changed(db: Session, books: Books, approval: Approval, now: _Now) -> Decided | None:
    """What becomes of a decision on something that is not as it was when it was asked for: it does not count. Whoever
    makes it can have changed the settings behind the document, and counts as having prepared it from then on. Changed
    workflows alone change nothing of what waits.
    """
    if now.digest == approval.digest:
        return None
    preparers = with_actor(approval.preparers, books.acting)
    steps = steps_for(db, now.pinned, overridden=now.overridden, preparers=preparers)
    if not steps:
        return Decided(return_to_draft(db, books, approval, "No workflow asks for an approval any more."), anew=True)
    wanted = replace(
        approval,
        document=now.pinned,
        digest=now.digest,
        steps=steps,
        preparers=preparers,
        decisions=(),
        asked_at=books.clock(),
    )
    return Decided(begin_waiting(db, books, wanted), anew=True)


def _as_it_is_now(db: Session, books: Books, approval: Approval) -> _Now:
    day = approval.document.issue_date
    if approval.document.kind is DocumentKind.INVOICE:
        resolved = replace(resolve_draft(db, approval.id), shown=None)
        dated = replace(resolved, request=replace(resolved.request, issue_date=day))
        composed = compose_in(db, books, dated)
        digest = invoice_digest(db, books, resolved, composed)
        return _Now(composed.document, digest, bool(composed.overrides), composed.today)
    request = _credit_request(approval)
    note = compose_credit(db, books, replace(request, issue_date=day))
    return _Now(note.document, credit_digest(db, books, request, note), overridden=False, today=note.today)


def _credit_request(approval: Approval) -> CreditRequest:
    return made_of(CreditRequest, json.loads(approval.request))


def _record(db: Session, approval: Approval, decision: Decision) -> None:
    step = approval.next_step
    detail: dict[str, object] = {
        "decision": decision.answer.value,
        "workflow": step.workflow,
        "step": step.number,
        "round": approval.round,
        "how": decision.how.value,
        "user_id": decision.user_id,
        "comment": decision.comment,
        "digest": approval.digest,
    }
    audit.record(db, DECIDING, approval.id, at=decision.at, by=decision.by, detail=detail)


def _issue(db: Session, books: Books, approval: Approval) -> Decided:
    """After the last yes: what was approved takes its number, or is a draft again where it cannot as it is."""
    if approval.document.kind is DocumentKind.INVOICE:
        return _issue_invoice(db, books, approval)
    composed = compose_credit(db, books, _credit_request(approval))
    refused = date_refusal(db, *composed.refused_for_its_date, today=composed.today)
    if why := _cannot(approval, composed.document, composed.warnings, refused):
        return Decided(return_to_draft(db, books, approval, why))
    made = issue_composed_credit(
        db,
        books,
        composed,
        client_reference=approval.client_reference,
        request_hash=approval.request_hash,
        given=given_approvals(approval),
        waited_as=approval.id,
    )
    return Decided(approval, made.note)


def _issue_invoice(db: Session, books: Books, approval: Approval) -> Decided:
    composed = compose_in(db, books, replace(resolve_draft(db, approval.id), shown=None))
    check_ready(composed)
    warnings = document_warnings(db, composed)
    refused = date_refusal(db, composed.document, composed.profile, composed.setup.series, today=composed.today)
    if why := _cannot(approval, composed.document, warnings, refused):
        return Decided(return_to_draft(db, books, approval, why))
    issued = issue_composed(
        db,
        books,
        composed,
        warnings,
        draft=approval.id,
        client_reference=approval.client_reference,
        request_hash=approval.request_hash,
        given=given_approvals(approval),
    )
    return Decided(approval, standing_on(composed.today, issued))


def _cannot(approval: Approval, document: Document, warnings: tuple[Notice, ...], refused: Refusal | None) -> str:
    """Why what was approved is not what would be issued today, or cannot be; empty where it can."""
    if refused is not None:
        return refused.message
    if undated(document) != undated(approval.document):
        return f"Dated {document.issue_date}, it says something else than what was approved."
    known = set(approval.warnings)
    new = dict.fromkeys(one.code for one in warnings if (one.code, one.text) not in known)
    if new and document.environment is Environment.LIVE:
        return f"It has a warning now that it did not have: {', '.join(new)}."
    return ""
