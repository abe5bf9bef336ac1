"""Asking a person, and not a model, before something is issued: by the client's own form in mid-call, or by the prompt
that the client itself forces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context, Elicit
from pydantic import BaseModel, Field

from invoicing.approval.approvals import How
from invoicing.approval.clients import HONOURING, forces_prompt
from invoicing.money.amounts import money_text
from invoicing.organizations import OrganizationRef
from invoicing.text.typed import one_line
from operations.approval.persons import PersonSaid, Question, said_of
from tools.context import Doorway

_DOCUMENTS_NAMED_MAX = 20


class PersonsAnswer(BaseModel):
    """What the person fills in; a client may show it as a box to tick."""

    approve: bool = Field(description="Yes, issue exactly this")


async def ask_person(
    context: Context[Any, Any], questions: Sequence[tuple[OrganizationRef, Question]]
) -> Elicit[PersonsAnswer] | How | None:
    """How a person is asked about all of these documents at once: by a form where the client takes one, by its own
    prompt where it is known to force that; None where there is nothing to ask, or no way to ask it.
    """
    if not questions:
        return None
    if _takes_forms(context):
        return Elicit(_message(questions), PersonsAnswer)
    client = context.session.client_params
    if client is None or not forces_prompt(client.client_info.name, client.client_info.version):
        return None
    doorway: Doorway = context.request_context.lifespan_context
    if await doorway.forces_prompts(context.request_context):
        return How.FORCED_PROMPT
    return None


def person_said(questions: Sequence[Question], outcome: ElicitationResult[Any]) -> PersonSaid | None:
    """What the person has said of what was asked; None is no yes: declined, cancelled, or nobody was asked."""
    match outcome:
        case AcceptedElicitation(data=PersonsAnswer(approve=True)):
            return said_of(questions, How.ELICITATION)
        case AcceptedElicitation(data=How.FORCED_PROMPT):
            return said_of(questions, How.FORCED_PROMPT)
    return None


def no_person_line(*, asked: bool) -> str:
    """Why nothing was issued, and how it can be."""
    if asked:
        return "Not issued: the person who was asked has not said yes."
    clients = ", ".join(f"{name} from {'.'.join(map(str, version))} on" for name, version in HONOURING.items())
    return (
        "Not issued: the policy human_approval wants a person's own yes here, and this client cannot ask for it. A"
        f" client that takes forms in mid-call (elicitation) can, and {clients}. No answer of an assistant counts."
    )


def was_asked(outcome: ElicitationResult[Any]) -> bool:
    """Whether a person was asked at all."""
    return not (isinstance(outcome, AcceptedElicitation) and outcome.data is None)


def _takes_forms(context: Context[Any, Any]) -> bool:
    declared = context.client_capabilities
    elicitation = declared.elicitation if declared is not None else None
    # Before there were modes a client declared an empty object, which meant forms.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _message(questions: Sequence[tuple[OrganizationRef, Question]]) -> str:
    """What the person reads. Each line ends with the beginning of the digest: what is asked about another state of the
    document is another question.
    """
    lines = [one_line(_line(organization, question)) for organization, question in questions]
    beyond = len(lines) - _DOCUMENTS_NAMED_MAX
    more = [f"and {beyond} more"] if beyond > 0 else []
    return "\n".join(["Issue for good?", *lines[:_DOCUMENTS_NAMED_MAX], *more, *_all_meant(questions)])


def _line(organization: OrganizationRef, question: Question) -> str:
    document = question.document
    kind = document.kind.value.replace("_", " ")
    what = question.number or question.draft or f"{kind} on {document.credits.number if document.credits else ''}"
    act = "Approve" if question.deciding else "Issue"
    return (
        f"{organization.name} ({organization.handle}): {act} {kind} {what} to {document.buyer.name}, total"
        f" {money_text(document.total_minor, document.currency)} {document.currency} [{question.digest[:12]}]"
    )


def _all_meant(questions: Sequence[tuple[OrganizationRef, Question]]) -> list[str]:
    """The states of the documents that are not named."""
    unnamed = [question.digest[:12] for _, question in questions[_DOCUMENTS_NAMED_MAX:]]
    return [f"[{' '.join(unnamed)}]"] if unnamed else []
