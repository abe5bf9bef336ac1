"""What waits for approval: which documents do, and how their waiting begins and ends without a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlmodel import Session

from invoicing.approval.approvals import Approval, GivenApproval, State
from invoicing.approval.matching import POLICY_STEP, AskedStep, Facts, steps_asked
from invoicing.approval.people import Actor
from invoicing.document.documents import Document
from invoicing.document.notices import Notice
from invoicing.refusals import Conflict
from invoicing.remedies import Act
from operations.approval.persons import wants_person
from storage.books import audit
from storage.books.approvals import approval_of, delete_approval, nothing_issued_to, save_approval
from storage.books.pool import Books
from storage.books.workflows import load_workflows

ASKING, VOIDING = "ask_approval", "void_approval"
"""The acts on record when a document begins to wait, and when it waits no more although nobody has decided."""


@dataclass(frozen=True, slots=True)
class AwaitingApproval:
    """A document that was not issued: it waits, or has waited, as `approval` says. `replayed` says that an earlier call
    has asked for it.
    """

    approval: Approval
    replayed: bool = False


def steps_for(
    db: Session, books: Books, document: Document, *, overridden: bool, preparers: tuple[Actor, ...]
) -> tuple[AskedStep, ...]:
    """The steps that the document would wait for now; none where it can be issued at once. Where no workflow asks, and
    a person is wanted, it is whoever may issue it.
    """
    by_policy = (POLICY_STEP,) if wants_person(books.organization) else ()
    workflows = [one for one in load_workflows(db) if one.active and one.kind is document.kind]
    if not workflows:
        return by_policy
    first = nothing_issued_to(db, document.customer)
    return steps_asked(workflows, Facts(document, first, overridden, preparers)) or by_policy


def begin_waiting(db: Session, books: Books, wanted: Approval) -> Approval:
    """Have a document wait. What waits already, for the same steps and as it is, goes on; else it starts anew, and what
    was decided before is void.
    """
    before = approval_of(db, wanted.id)
    if before is not None and waits_for_the_same(before, wanted):
        return before
    made = replace(wanted, round=before.round + 1 if before else 1)
    save_approval(db, made)
    detail: dict[str, object] = {
        "digest": made.digest,
        "round": made.round,
        "steps": [asdict(step) for step in made.steps],
        "preparers": [one.label for one in made.preparers],
    }
    audit.record(db, ASKING, made.id, at=made.asked_at, by=made.asked_by, detail=detail)
    return made


def waits_for_the_same(before: Approval, now: Approval) -> bool:
    return before.state is State.WAITING and (before.digest, before.steps) == (now.digest, now.steps)


def standing_approval(db: Session, key: str, *, reference: str, request_hash: str) -> AwaitingApproval | None:
    """What became of an earlier call with this reference that asked for approval: it waits, or was rejected."""
    found = approval_of(db, key) if key and reference else None
    if found is None or (found.client_reference, found.request_hash) != (reference, request_hash):
        return None
    return None if found.state is State.RETURNED else AwaitingApproval(found, replayed=True)


def void_approval(db: Session, books: Books, key: str, why: str) -> None:
    """Have a draft wait no more, where it does, and forget that it was rejected: it is a draft like any other."""
    found = approval_of(db, key)
    if found is not None and found.state is not State.RETURNED:
        return_to_draft(db, books, found, why)


def return_to_draft(db: Session, books: Books, approval: Approval, why: str) -> Approval:
    """What waited is a draft again, for this reason; what was decided is void, and stays on record."""
    returned = approval.returned(why)
    save_approval(db, returned)
    detail: dict[str, object] = {"round": approval.round, "because": why}
    audit.record(db, VOIDING, approval.id, at=books.clock(), by=books.actor, detail=detail)
    return returned


def end_with_draft(db: Session, draft: str) -> None:
    """What was said of a draft goes with it, unless it waits.

    Raises:
        Conflict: it waits for approval.
    """
    found = approval_of(db, draft)
    if found is not None and found.state is State.WAITING:
        raise Conflict(
            "This draft waits for approval: it can be rejected, not deleted.", field="draft", remedy=Act.DECIDE
        )
    delete_approval(db, draft)


def warnings_kept(warnings: Sequence[Notice]) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.text) for one in warnings)


def approvals_on_record(given: Sequence[GivenApproval]) -> dict[str, object]:
    """What the audit trail says of the approvals that a document was issued with."""
    return {"approvals": [approval_on_record(one) for one in given]} if given else {}


def approval_on_record(given: GivenApproval) -> dict[str, object]:
    """An approval as the audit trail has it, which says nothing of a signature where there is none."""
    return {name: value for name, value in asdict(given).items() if name != "signed" or value}
