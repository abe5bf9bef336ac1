"""What waits for approval, who may decide it, and what was said; and what an issued document was approved by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.approval.approvals import Approval, Decision, GivenApproval, State, step_words
from invoicing.approval.matching import AskedStep
from invoicing.money.amounts import money_text
from invoicing.organizations import OrganizationRef
from operations.approval.persons import wants_person
from operations.approval.waiting import AwaitingApproval
from views.base import View
from views.organizations import place_of


class StepAnswer(View):
    """A step of a workflow, and what was said of it; what is empty was not said yet. `user` is who said it."""

    workflow: str
    step: int
    approver: str
    decision: str
    user: str
    at: datetime | None
    how: str
    comment: str


class ApprovalAnswer(View):
    """What waits, or waited, under `id`. `who_may_decide` is of the next step; `note` says why it waits no more. `page`
    is where a person signs it, where one must; empty where no server is known.
    """

    id: str
    status: str
    who_may_decide: str
    note: str
    steps: list[StepAnswer]
    page: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where what waits in an organization is decided: by a call, or on a page where a person must sign
    (`wants_person`). `public_url` is where the server is reached, empty where none is known.
    """

    organization: OrganizationRef
    public_url: str

    @property
    def wants_person(self) -> bool:
        return wants_person(self.organization)

    def page_of(self, key: str) -> str:
        """The page of what waits under this id; empty where no server is known."""
        return f"{self.public_url}{place_of(self.organization)}/approvals/{key}" if self.public_url else ""

    def to_decide(self, key: str) -> str:
        """How what waits is decided, in words."""
        if not self.wants_person:
            return f"To decide it: decide_approval with document={key}."
        return f"A person must sign it, signed in at {self.page_of(key) or NO_SERVER}"


NO_SERVER = "a page of the server: run counterfoil serve, then open /approvals there."


def where_all_are_signed(public_url: str) -> str:
    """Where somebody finds all that waits for a signature."""
    return f"A person must sign what waits so, signed in at {f'{public_url}/approvals.' if public_url else NO_SERVER}"


def approval_answer(approval: Approval, place: Place) -> ApprovalAnswer:
    waiting = approval.state is State.WAITING
    return ApprovalAnswer(
        id=approval.id,
        status=approval.state.value,
        who_may_decide=who_decides(approval) if waiting and len(approval.decisions) < len(approval.steps) else "",
        note=approval.note,
        steps=step_answers(approval),
        page=place.page_of(approval.id) if waiting and place.wants_person else "",
    )


def step_answers(approval: Approval) -> list[StepAnswer]:
    decided = [*approval.decisions, *([None] * (len(approval.steps) - len(approval.decisions)))]
    return [_step(step, decision) for step, decision in zip(approval.steps, decided, strict=True)]


def given_answers(given: Sequence[GivenApproval]) -> list[StepAnswer]:
    return [
        StepAnswer(
            workflow=one.workflow,
            step=one.step,
            approver=one.approver,
            decision="approve",
            user=one.decided_by,
            at=one.decided_at,
            how=one.how.value,
            comment=one.comment,
        )
        for one in given
    ]


def approval_lines(approval: Approval, place: Place) -> list[str]:
    """Where it stands, what was said of it, who goes on, and where."""
    return [*decision_lines(approval), *_standing_lines(approval, place)]


def not_issued_lines(made: AwaitingApproval, place: Place) -> list[str]:
    """That what was to be issued waits instead."""
    first = "Asked for already:" if made.replayed else "Not issued, it waits for approval:"
    return [f"{first} {waiting_text(made.approval)}", *approval_lines(made.approval, place)]


def decision_lines(approval: Approval) -> list[str]:
    return step_lines(step_answers(approval))


def step_lines(steps: Sequence[StepAnswer]) -> list[str]:
    """What was said, one line each."""
    return [
        f"{_SAID[one.decision]} by {one.user} on {one.at:%Y-%m-%d %H:%M} UTC ({_step_name(one)}, by {one.how})"
        f"{f': {_quoted(one.comment)}' if one.comment else '.'}"
        for one in steps
        if one.decision
    ]


def waiting_text(approval: Approval) -> str:
    """What waits, in one line: it has no number."""
    document, currency = approval.document, approval.document.currency
    kind = document.kind.value.replace("_", " ").capitalize()
    on = f" on {document.credits.number}" if document.credits else ""
    because = f" Reason: {document.reason}" if document.reason else ""
    net, tax, total = (
        money_text(minor, currency) for minor in (document.net_minor, document.tax_minor, document.total_minor)
    )
    return (
        f"{kind}{on} {approval.id} to {document.buyer.name} [{document.customer}]: {approval.state}, net {net},"
        f" tax {tax}, total {total} {currency}, without a number.{because}"
    )


def _quoted(comment: str) -> str:
    """A comment of several lines in one, so that none of them looks like a line of ours."""
    return json.dumps(comment, ensure_ascii=False) if len(comment.splitlines()) > 1 else comment


_SAID = {"approve": "Approved", "reject": "Rejected"}


def _standing_lines(approval: Approval, place: Place) -> list[str]:
    match approval.state:
        case State.WAITING:
            which = f" Step {len(approval.decisions) + 1} of {len(approval.steps)}."
            return [f"It waits for {who_decides(approval)}.{which} {place.to_decide(approval.id)}"]
        case State.REJECTED:
            return [f"It was rejected{f': {_quoted(approval.note)}' if approval.note else '.'}"]
        case State.RETURNED:
            return [f"It waits no more, and was not issued: {approval.note}"]


def who_decides(approval: Approval) -> str:
    """Who decides the next step of what waits."""
    step = approval.next_step
    prepared = ", ".join(dict.fromkeys(one.label for one in approval.preparers))
    return f"{step_words(step)}{f' ({prepared})' if step.apart else ''}"


def _step(step: AskedStep, decision: Decision | None) -> StepAnswer:
    return StepAnswer(
        workflow=step.workflow,
        step=step.number,
        approver=step.approver.value if step.approver else "",
        decision=decision.answer.value if decision else "",
        user=decision.by if decision else "",
        at=decision.at if decision else None,
        how=decision.how.value if decision else "",
        comment=decision.comment if decision else "",
    )


def _step_name(step: StepAnswer) -> str:
    return f"{step.workflow} step {step.step}" if step.workflow else "human_approval"
