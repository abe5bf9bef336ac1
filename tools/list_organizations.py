"""The tool `list_organizations`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import BaseModel

from invoicing.organizations import OrganizationKind, OrganizationRef
from operations import organizations
from operations.naming import active_organization
from tools.answers import answer, page_note
from tools.context import TheCaller
from tools.description import Description, Effect, Scope
from tools.inputs import Cursor, SessionArgument, WholeNumber
from views.organizations import OrganizationAnswer, OrganizationShown, heading, named, organization_shown
from views.words import instead


class Listed(OrganizationShown):
    active: bool
    connection_url: str


class OrganizationList(BaseModel):
    """`organization` is the active one, null where none is."""

    organization: OrganizationAnswer | None
    active_organization: str
    organizations: list[Listed]
    next_cursor: str
    left: int


async def list_organizations(
    caller: TheCaller, query: str = "", cursor: Cursor = "", limit: WholeNumber = 50, session: SessionArgument = ""
) -> Annotated[CallToolResult, OrganizationList]:
    active = await active_organization(caller, session=session)
    page, partners = await organizations.list_organizations(caller.office, query=query, cursor=cursor, limit=limit)
    active_handle = active.handle if active else ""
    listed = [
        Listed(
            **organization_shown(one, partners),
            active=one.handle == active_handle,
            connection_url=caller.office.connection_url(one),
        )
        for one in page.items
    ]
    structured = OrganizationList(
        organization=named(active) if active else None,
        active_organization=active_handle,
        organizations=listed,
        next_cursor=page.next_cursor,
        left=page.left,
    )
    lines = [_line(one, active_handle, partners) for one in page.items]
    if not lines and query.strip():
        similar = await organizations.similar_organizations(caller.office, query)
        lines = [f"No organization holds all of these words. {instead(similar)}"]
    elif not lines:
        lines = ["You can reach no organization."]
    elif caller.office.public_url:
        lines.append(f"Each has a connection of its own: {caller.office.public_url}/mcp/{{handle}}")
    first = heading(active) if active else "No organization is active."
    return answer(first, [*lines, *page_note(page.left, page.next_cursor)], structured)


def _line(one: OrganizationRef, active_handle: str, partners: Mapping[str, str]) -> str:
    kind = "practice" if one.kind is OrganizationKind.PARTNER else "organization"
    if one.partner_id:
        kind = f"client of {partners[one.partner_id]}" if one.partner_id in partners else "client"
    place = f"{one.country} {one.currency}".strip() or "country not set"
    marks = [kind, one.environment, place, f"you: {one.role}"]
    if one.handle == active_handle:
        marks.append("active")
    return f"- {heading(one)}: {', '.join(marks)}"


TOOL = Description(
    list_organizations,
    title="List organizations",
    text="List the organizations you can reach: the practice first, then its clients by name, with the handles that"
    " other tools take as organization. Says which one is active. A conversation starts here.",
    effect=Effect.READS,
    scope=Scope.PRACTICE,
)
