"""The tool `switch_organization`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import organizations
from operations.naming import wants_names
from tools.answers import Answer, answer
from tools.context import TheCaller
from tools.description import Description, Effect, Scope
from tools.inputs import SessionArgument
from views.organizations import heading, named


class Switched(Answer):
    """`session` is empty where the protocol itself has sessions; `previous` where nothing was active."""

    active_organization: str
    previous: str
    session: str
    connection_url: str


async def switch_organization(
    caller: TheCaller,
    organization: Annotated[str, Field(description="Handle, or a name that only one organization has")],
    session: Annotated[SessionArgument, Field(description="From an earlier switch, if it gave one")] = "",
) -> Annotated[CallToolResult, Switched]:
    switched = await organizations.switch_organization(caller, organization, session=session)
    active = switched.organization
    explicit = "" if caller.protocol_has_sessions else switched.session
    structured = Switched(
        organization=named(active),
        active_organization=active.handle,
        previous=switched.previous.handle if switched.previous else "",
        session=explicit,
        connection_url=caller.office.connection_url(active),
    )
    before = f" instead of {heading(switched.previous)}" if switched.previous else ""
    lines = [f"Now active{before}: {active.environment}."]
    if explicit:
        lines.append(f'Pass session="{explicit}" in later calls to stay there, or name the organization in each.')
    if wants_names(active):
        lines.append(f'Calls that change something there name it themselves: organization="{active.handle}".')
    if structured.connection_url:
        lines.append(f"Its own connection: {structured.connection_url}")
    return answer(heading(active), lines, structured)


TOOL = Description(
    switch_organization,
    title="Switch organization",
    text="Make one organization the active one of this conversation, for later calls that name none. If the answer"
    " has a session, pass it on in later calls.",
    effect=Effect.CHANGES,
    scope=Scope.PRACTICE,
    repeatable=True,
)
