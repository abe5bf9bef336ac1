"""What waits for approval, who may decide it, and what was said; and what an issued document was approved by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from invoicing.approval.approvals import Approval, Decision, GivenApproval, State, step_words
from invoicing.approval.matching import AskedStep
from invoicing.money.amounts import money_text
from views.base import View


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
    """What waits, or waited, under `id`. `who_may_decide` is of the next step; `note` says why it waits no more."""

    id: str
    status: str
    who_may_decide: str
    note: str
    steps: list[StepAnswer]


def approval_answer(approval: Approval) -> ApprovalAnswer:
    waiting = approval.state is State.WAITING
    return ApprovalAnswer(
        id=approval.id,
        status=approval.state.value,
        who_may_decide=_who(approval) if waiting and len(approval.decisions) < len(approval.steps) else "",
        note=approval.note,
        steps=step_answers(approval),
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


def approval_lines(approval: Approval) -> list[str]:
    """Where it stands, what was said of it, and who goes on."""
    return [*decision_lines(approval), *_standing_lines(approval)]


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


def _standing_lines(approval: Approval) -> list[str]:
    match approval.state:
        case State.WAITING:
            which = f" Step {len(approval.decisions) + 1} of {len(approval.steps)}."
            return [f"It waits for {_who(approval)}.{which} To decide it: decide_approval with document={approval.id}."]
        case State.REJECTED:
            return [f"It was rejected{f': {_quoted(approval.note)}' if approval.note else '.'}"]
        case State.RETURNED:
            return [f"It waits no more, and was not issued: {approval.note}"]


def _who(approval: Approval) -> str:
    step = approval.next_step
    prepared = ", ".join(dict.fromkeys(one.label for one in approval.preparers))
    return f"{step_words(step)}{f' ({prepared})' if step.apart else ''}"


def _step(step: AskedStep, decision: Decision | None) -> StepAnswer:
    return StepAnswer(
        workflow=step.workflow,
        step=step.number,
        approver=step.approver.value,
        decision=decision.answer.value if decision else "",
        user=decision.by if decision else "",
        at=decision.at if decision else None,
        how=decision.how.value if decision else "",
        comment=decision.comment if decision else "",
    )


def _step_name(step: StepAnswer) -> str:
    return f"{step.workflow} step {step.step}" if step.workflow else "human_approval"
