"""Deciding what waits: one step by one person, and after the last one the document takes its number at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
)
from invoicing.approval.people import with_actor
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_text
from operations.approval.invoices import issue_composed
from operations.approval.persons import may_issue
from operations.approval.signing import Proof, check_signed_where_wanted, sign_waiting
from operations.approval.standing import AskedNow, asked_now, issued_now
from operations.approval.waiting import begin_waiting, return_to_draft, steps_for
from operations.credit_notes import ComposedCredit, issue_composed_credit
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


async def decide_approval(books: Books, request: DecisionRequest, proof: Proof | None = None) -> Decided:
    """Decide the next step of what waits, in one transaction with all that follows from it. `proof` is what a person
    has signed of what was shown; where the policy wants a person, nothing is approved without.

    Raises:
        NotFound: nothing waits under this id.
        Conflict: it does not wait any more.
        NotAllowed: the step is not for whoever decides, or a person's signature is wanted, or is none.
        NotReady and others: what stands in the way of issuing it.
    """
    answer, comment = _checked(request)
    return await books.write(lambda db: _decide(db, books, request.document, answer, comment, proof))


def _checked(request: DecisionRequest) -> tuple[Answer, str]:
    try:
        answer = Answer(small_letters(request.decision))
    except ValueError:
        raise InvalidInput("decision must be approve or reject.", field="decision", candidates=list(Answer)) from None
    return answer, clean_text(request.comment, field="comment", limit=COMMENT_LENGTH_MAX)


def waiting_approval(db: Session, key: str) -> Approval:
    """What waits under this id.

    Raises:
        NotFound, Conflict: nothing does, or not any more.
    """
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


def _decide(db: Session, books: Books, key: str, answer: Answer, comment: str, proof: Proof | None) -> Decided:
    said_before = _said_before(db, books, key, answer)
    if said_before is not None:
        return Decided(said_before, repeated=True)
    approval = waiting_approval(db, key)
    check_may_decide(approval, books.acting, may_issue=may_issue(books))
    how, signed, at = How.TOOL, "", books.clock()
    if answer is Answer.APPROVE:
        now = asked_now(db, books, approval)
        if (changed := _changed(db, books, approval, now)) is not None:
            return changed
        check_signed_where_wanted(books, proof)
        if proof is not None:
            how, signed = proof.method, sign_waiting(db, books, approval, proof, at=at)
            if not signed:
                return Decided(approval, anew=True)
    decision = Decision(answer, books.acting.user_id, books.actor, at, how, comment, signed)
    decided = approval.decided(decision)
    _record(db, approval, decision)
    if decided.state is State.WAITING and len(decided.decisions) == len(decided.steps):
        return _issue(db, books, decided)
    save_approval(db, decided)
    return Decided(decided)


def _changed(db: Session, books: Books, approval: Approval, now: AskedNow) -> Decided | None:
    """What becomes of a decision on something that is not as it was when it was asked for: it does not count. Whoever
    makes it can have changed the settings behind the document, and counts as having prepared it from then on. Changed
    workflows alone change nothing of what waits.
    """
    if now.digest == approval.digest:
        return None
    preparers = with_actor(approval.preparers, books.acting)
    steps = steps_for(db, books, now.document, overridden=now.overridden, preparers=preparers)
    if not steps:
        return Decided(return_to_draft(db, books, approval, "No workflow asks for an approval any more."), anew=True)
    wanted = replace(
        approval,
        document=now.document,
        digest=now.digest,
        steps=steps,
        preparers=preparers,
        decisions=(),
        asked_at=books.clock(),
    )
    return Decided(begin_waiting(db, books, wanted), anew=True)


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
    if decision.signed:
        detail["signed"] = decision.signed
    audit.record(db, DECIDING, approval.id, at=decision.at, by=decision.by, detail=detail)


def _issue(db: Session, books: Books, approval: Approval) -> Decided:
    """After the last yes: what was approved takes its number, or is a draft again where it cannot as it is."""
    now = issued_now(db, books, approval)
    if now.obstacle:
        return Decided(return_to_draft(db, books, approval, now.obstacle))
    reference, request_hash, given = approval.client_reference, approval.request_hash, given_approvals(approval)
    if isinstance(now.composed, ComposedCredit):
        note = issue_composed_credit(
            db,
            books,
            now.composed,
            client_reference=reference,
            request_hash=request_hash,
            given=given,
            waited_as=approval.id,
        )
        return Decided(approval, note.note)
    issued = issue_composed(
        db,
        books,
        now.composed,
        now.warnings,
        draft=approval.id,
        client_reference=reference,
        request_hash=request_hash,
        given=given,
    )
    return Decided(approval, standing_on(now.composed.today, issued))
