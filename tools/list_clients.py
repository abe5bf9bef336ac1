"""The tool `list_clients`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult

from operations import organizations
from tools.answers import PageAnswer, answer, page_note
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Cursor, Partner, WholeNumber
from views.organizations import Client, client_answer, client_lines, heading, named
from views.remedies import for_assistant
from views.words import instead


class ClientList(PageAnswer):
    clients: list[Client]


async def list_clients(
    office: TheOffice,
    partner: Partner = "",
    query: str = "",
    cursor: Cursor = "",
    limit: WholeNumber = 25,
) -> Annotated[CallToolResult, ClientList]:
    practice, page = await organizations.list_clients(office, partner=partner, query=query, cursor=cursor, limit=limit)
    structured = ClientList(
        organization=named(practice),
        clients=[client_answer(summary, for_assistant) for summary in page.items],
        next_cursor=page.next_cursor,
        left=page.left,
    )
    lines = list(client_lines(page.items, for_assistant))
    if not lines and query.strip():
        similar = await organizations.similar_organizations(office, query, partner=practice)
        lines = [f"No client holds all of these words. {instead(similar)}"]
    elif not lines:
        lines = ["No clients yet: create_client_organization makes one."]
    return answer(heading(practice), [*lines, *page_note(page.left, page.next_cursor)], structured)


TOOL = Description(
    list_clients,
    title="List clients",
    text="List the practice's clients with environment, whether each is ready to issue, and how many documents,"
    " drafts, customers and items it has.",
    effect=Effect.READS,
    scope=Scope.PRACTICE,
)
