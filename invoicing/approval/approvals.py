"""What waits for approval, what has been said of it, and exactly what was approved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from invoicing.approval.matching import AskedStep
from invoicing.approval.people import Actor, can_approve
from invoicing.approval.workflows import Approver
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Document
from invoicing.refusals import NotAllowed

COMMENT_LENGTH_MAX = 500


class State(StrEnum):
    """Waiting: for the next step. Rejected: somebody said no. Returned: what was approved is not what would be issued
    now. What is not waiting is a draft like any other.
    """

    WAITING = "awaiting_approval"
    REJECTED = "rejected"
    RETURNED = "returned"


class Answer(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class How(StrEnum):
    """How somebody decided: by a call of a tool, or of a command; or by signing what a page has shown, with a passkey
    or with password and one-time code. Before anything was signed, also by answering the client's form in mid-call, or
    by the prompt that the client forced before it called: nobody decides so any more, but what was stays on record.
    """

    TOOL = "tool"
    PASSKEY = "passkey"
    PASSWORD_AND_CODE = "password_and_code"  # noqa: S105  A way to sign, not a password.
    ELICITATION = "elicitation"
    FORCED_PROMPT = "forced_prompt"

    @property
    def is_signed(self) -> bool:
        """Whether a signature belongs to it."""
        return self in (How.PASSKEY, How.PASSWORD_AND_CODE)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said, when and how; `by` is the person's label, `signed` the id of the signature where the person
    has signed.
    """

    answer: Answer
    user_id: str
    by: str
    at: datetime
    how: How
    comment: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """What waits, or waited. `id` is that of the draft, or of the credit note's request. `document` is what was
    composed when it was asked for, without number, and `digest` what exactly is approved. `decisions` are of the
    first `steps`, in their order; those of earlier rounds stand in the audit trail alone. `warnings` are code and
    text of what was known when it was asked for. `request` is that of a credit note, as a text.
    `note` says why it is a draft again.
    """

    id: str
    document: Document
    digest: str
    steps: tuple[AskedStep, ...]
    preparers: tuple[Actor, ...]
    asked_at: datetime
    asked_by: str
    round: int = 1
    decisions: tuple[Decision, ...] = ()
    state: State = State.WAITING
    note: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
    request: str = ""
    client_reference: str = ""
    request_hash: str = ""

    @property
    def next_step(self) -> AskedStep:
        """The step that is to be decided now, while it waits."""
        return self.steps[len(self.decisions)]

    def decided(self, decision: Decision) -> Approval:
        rejected = decision.answer is Answer.REJECT
        return replace(
            self,
            decisions=(*self.decisions, decision),
            state=State.REJECTED if rejected else self.state,
            note=decision.comment if rejected else self.note,
        )

    def returned(self, why: str) -> Approval:
        return replace(self, state=State.RETURNED, note=why)


@dataclass(frozen=True, slots=True)
class GivenApproval:
    """A decision without which a document would not have been issued, as it stands with it for ever. `workflow`, `step`
    and `approver` are empty where a person approved what no workflow asked about; `digest` is of what was approved,
    `signed` the id of the signature, where there is one.
    """

    workflow: str
    step: int
    approver: str
    user_id: str
    decided_by: str
    decided_at: datetime
    how: How
    comment: str
    digest: str
    signed: str = ""


def given_approvals(approval: Approval) -> tuple[GivenApproval, ...]:
    """What was approved, as it goes with the document; each step has its decision by then."""
    return tuple(
        GivenApproval(
            workflow=step.workflow,
            step=step.number,
            approver=step.approver.value if step.approver else "",
            user_id=decision.user_id,
            decided_by=decision.by,
            decided_at=decision.at,
            how=decision.how,
            comment=decision.comment,
            digest=approval.digest,
            signed=decision.signed,
        )
        for step, decision in zip(approval.steps, approval.decisions, strict=True)
    )


def check_may_decide(approval: Approval, actor: Actor, *, may_issue: bool) -> None:
    """Refuse whoever the next step is not for; `may_issue` says whether the actor could issue the document at all.

    Raises:
        NotAllowed: no person, another role, somebody who has decided a step already, or who prepared the document
            where the step wants somebody else.
    """
    step = approval.next_step
    if not actor.is_person or not actor.user_id:
        raise NotAllowed("An approval is a person's to decide: an API key or a secret link cannot.")
    if not (may_issue if step.approver is None else can_approve(actor, step.approver)):
        raise NotAllowed(f"This step is for {step_words(step)} to decide.")
    if any(one.user_id == actor.user_id for one in approval.decisions):
        raise NotAllowed("You have decided a step of this document already: the next one is somebody else's.")
    if step.apart and any(one.user_id == actor.user_id for one in approval.preparers):
        raise NotAllowed("This step is for somebody else than who prepared the document, and you prepared it.")


def step_words(step: AskedStep) -> str:
    """Who decides a step: `an owner, not who prepared it`."""
    match step.approver:
        case None:
            who = "whoever may issue it"
        case Approver.OWNER:
            who = "an owner"
        case Approver.ACCOUNTANT:
            who = "an accountant or owner"
        case Approver.CLIENT:
            who = "one of the client's own people"
        case _:
            assert_never(step.approver)
    return f"{who}{', not who prepared it' if step.apart else ''}"


def digest_of(document: Document, *beside: object) -> str:
    """What a document of no number comes to, dates and all, with what else must not change."""
    text = canonical_json([replace(document, id="", number=""), *beside])
    return hashlib.sha256(text.encode()).hexdigest()


def undated(document: Document) -> Document:
    """The document without the days that follow from the day of issue; two that differ in nothing else are equal."""
    day = date.min
    early, exchange = document.early_payment, document.exchange
    return replace(
        document,
        issue_date=day,
        due_date=day,
        supply_date=day,
        tax_point=None,
        early_payment=early and replace(early, until=day, words=""),
        exchange=exchange and replace(exchange, on=day),
        instalments=tuple(replace(one, due_date=day) for one in document.instalments),
    )
