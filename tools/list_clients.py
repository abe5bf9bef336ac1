"""The tool `list_clients`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from operations import organizations
from operations.organizations import ClientSummary
from tools.answers import PageAnswer, answer, page_note
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Cursor, WholeNumber
from views.organizations import counts_text, heading, named
from views.remedies import for_assistant, told
from views.words import instead


class CountsAnswer(BaseModel):
    customers: int
    items: int
    drafts: int
    documents: int


class Client(BaseModel):
    handle: str
    name: str
    environment: str
    country: str
    currency: str
    ready: bool
    blockers: list[str]
    counts: CountsAnswer


class ClientList(PageAnswer):
    clients: list[Client]


async def list_clients(
    office: TheOffice,
    partner: Annotated[str, Field(description="Handle of the practice, if you belong to several")] = "",
    query: str = "",
    cursor: Cursor = "",
    limit: WholeNumber = 25,
) -> Annotated[CallToolResult, ClientList]:
    practice, page = await organizations.list_clients(office, partner=partner, query=query, cursor=cursor, limit=limit)
    structured = ClientList(
        organization=named(practice),
        clients=[_client(summary) for summary in page.items],
        next_cursor=page.next_cursor,
        left=page.left,
    )
    lines = [_line(summary) for summary in page.items]
    if not lines and query.strip():
        similar = await organizations.similar_organizations(office, query, partner=practice)
        lines = [f"No client holds all of these words. {instead(similar)}"]
    elif not lines:
        lines = ["No clients yet: create_client_organization makes one."]
    return answer(heading(practice), [*lines, *page_note(page.left, page.next_cursor)], structured)


def _client(summary: ClientSummary) -> Client:
    organization, counts = summary.organization, summary.counts
    return Client(
        handle=organization.handle,
        name=organization.name,
        environment=organization.environment,
        country=organization.country,
        currency=organization.currency,
        ready=not summary.blockers,
        blockers=[told(blocker, for_assistant) for blocker in summary.blockers],
        counts=CountsAnswer(
            customers=counts.customers if counts else 0,
            items=counts.items if counts else 0,
            drafts=counts.drafts if counts else 0,
            documents=counts.documents if counts else 0,
        ),
    )


def _line(summary: ClientSummary) -> str:
    organization, counts = summary.organization, summary.counts
    ready = (
        "ready"
        if not summary.blockers
        else f"not ready: {' '.join(told(one, for_assistant) for one in summary.blockers)}"
    )
    amounts = counts_text(counts) if counts else "counts unknown"
    place = f"{organization.country} {organization.currency}"
    return f"- {heading(organization)}: {organization.environment}, {place}, {amounts}; {ready}"


TOOL = Description(
    list_clients,
    title="List clients",
    text="List the practice's clients with environment, whether each is ready to issue, and how many documents,"
    " drafts, customers and items it has.",
    effect=Effect.READS,
    scope=Scope.PRACTICE,
)
