"""Asking a person, and not a model, before something is done: by the client's own form in mid-call, or by the prompt
that the client itself forces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context, Elicit
from pydantic import BaseModel, BeforeValidator, Field

from invoicing.approval.approvals import How
from invoicing.approval.clients import HONOURING, forces_prompt
from invoicing.document.documents import DocumentKind
from invoicing.money.amounts import money_text
from invoicing.organizations import OrganizationRef
from invoicing.refusals import NotAllowed
from invoicing.text.typed import one_line
from operations.approval.persons import PersonSaid, Question, said_of
from tools.context import Doorway


class PersonsAnswer(BaseModel):
    """What the person fills in; a client may show it as a box to tick. Whatever is no plain yes is none."""

    approve: Annotated[bool, BeforeValidator(lambda filled_in: filled_in is True)] = Field(
        default=False, description="Yes, exactly this"
    )


async def ask_person(
    context: Context[Any, Any], questions: Sequence[tuple[OrganizationRef, Question]]
) -> Elicit[PersonsAnswer] | How | None:
    """How a person is asked about all of these documents at once; None where there is nothing to ask, or no way to."""
    return await ask(context, _message(questions)) if questions else None


async def ask(context: Context[Any, Any], message: str) -> Elicit[PersonsAnswer] | How | None:
    """How a person is asked: by a form where the client takes one, by its own prompt where it is known to force that;
    None where there is no way.
    """
    if _takes_forms(context):
        return Elicit(message, PersonsAnswer)
    client = context.session.client_params
    if client is None or not forces_prompt(client.client_info.name, client.client_info.version):
        return None
    doorway: Doorway = context.request_context.lifespan_context
    if await doorway.forces_prompts(context.request_context):
        return How.FORCED_PROMPT
    return None


def person_said(questions: Sequence[Question], outcome: ElicitationResult[Any]) -> PersonSaid | None:
    """What the person has said of what was asked; None is no yes: declined, cancelled, or nobody was asked."""
    how = how_agreed(outcome)
    return said_of(questions, how) if how else None


def how_agreed(outcome: ElicitationResult[Any]) -> How | None:
    """How the person has said yes; None where nobody has."""
    match outcome:
        case AcceptedElicitation(data=PersonsAnswer(approve=True)):
            return How.ELICITATION
        case AcceptedElicitation(data=How.FORCED_PROMPT):
            return How.FORCED_PROMPT
    return None


def no_person_line(outcome: ElicitationResult[Any], *, is_person: bool) -> str:
    """Why nothing was issued although a person's yes was wanted, and how it can be."""
    if not is_person:
        return (
            "Not issued: the policy human_approval wants a person's own yes here, and an API key or a secret link is no"
            " person. Over a person's own connection it can be issued."
        )
    if how_agreed(outcome):
        return "Not issued: it has changed since the person was shown it. Repeat the call, which asks anew."
    if isinstance(outcome, AcceptedElicitation) and outcome.data is None:
        return f"Not issued: the policy human_approval wants a person's own yes here, and {no_way_to_ask()}"
    return "Not issued: the person who was asked has not said yes."


async def ask_to_loosen(
    context: Context[Any, Any], organization: OrganizationRef, state: str
) -> Elicit[PersonsAnswer] | How | None:
    """How a person is asked whether the policy human_approval is switched off, by a `state` that the yes is for.

    Raises:
        NotAllowed: there is no way to ask.
    """
    if not state:
        return None
    whom = f"{_quoted(organization.name)} ({organization.handle})"
    asked = await ask(
        context, one_line(f"Switch human_approval off at {whom}: issue with nobody asked? [{state[:12]}]")
    )
    if asked is None:
        raise NotAllowed(
            f"human_approval is switched off by a person's own yes alone, and {no_way_to_ask()}", field="human_approval"
        )
    return asked


def no_way_to_ask() -> str:
    clients = ", ".join(f"{name} from {'.'.join(map(str, version))} on" for name, version in HONOURING.items())
    return (
        "this client cannot ask for it. A client that takes forms in mid-call (elicitation) can, and"
        f" {clients}. No answer of an assistant counts."
    )


def _takes_forms(context: Context[Any, Any]) -> bool:
    declared = context.client_capabilities
    elicitation = declared.elicitation if declared is not None else None
    # Before there were modes a client declared an empty object, which meant forms.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _message(questions: Sequence[tuple[OrganizationRef, Question]]) -> str:
    """What the person reads: each document. Each line ends with the beginning of the digest: what is asked about
    another state of the document is another question.
    """
    lines, named = ["Issue for good?"], set[str]()
    for organization, question in questions:
        lines.append(one_line(_line(organization, question, first=organization.id not in named)))
        named.add(organization.id)
    return "\n".join(lines)


def _line(organization: OrganizationRef, question: Question, *, first: bool) -> str:
    """The total comes first, and names stand in quotation marks: what somebody chose to be called says nothing of ours.
    The number is that of the `first` document of an organization alone: each one issued moves it for the next.
    """
    document = question.document
    act = "Approve" if question.deciding else "Issue"
    kind = document.kind.value.replace("_", " ")
    on = f" on {document.credits.number}" if document.kind is DocumentKind.CREDIT_NOTE and document.credits else ""
    what = (question.number if first else "") or question.draft
    return (
        f"{money_text(document.total_minor, document.currency)} {document.currency}: {act} {kind}"
        f"{f' {what}' if what else ''}{on} to {_quoted(document.buyer.name)} for {_quoted(organization.name)}"
        f" ({organization.handle}) [{question.digest[:12]}]"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "'") + '"'
