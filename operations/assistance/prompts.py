"""Agents as prompts: which are offered under which name, and what an assistant is told that takes one up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from invoicing.assistance.agents import VALUE_MAX, Agent, AgentArgument, ArgumentKind
from invoicing.assistance.shipped import own_agents
from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import InvalidInput, NotFound
from invoicing.text.typed import clean_line
from operations.assistance.offering import books_to_read, is_dedicated, offering_organizations
from operations.naming import Caller, name_organization
from storage.books.agents import load_agents
from storage.books.workflows import load_workflows

ORGANIZATION = "organization"
"""The argument that says for whom, where the connection does not."""

_BETWEEN = "--"
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")

Usable = Callable[[Agent], bool]
"""Whether all tools of an agent can be called over the connection: only then it is offered."""


@dataclass(frozen=True, slots=True)
class OfferedAgent:
    """An agent under the name of its prompt. `source` is the organization whose people wrote it; None for one of
    Counterfoil's own. `names_organization` says that the prompt has the argument `organization`.
    """

    name: str
    agent: Agent
    source: OrganizationRef | None
    names_organization: bool

    @property
    def arguments(self) -> tuple[AgentArgument, ...]:
        """All that the prompt asks for."""
        whose = AgentArgument(ORGANIZATION, required=True, description="Handle of the organization that it is for")
        return (whose, *self.agent.arguments) if self.names_organization else self.agent.arguments


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an assistant is told that takes an agent up: for which organization, and what was asked for, by name; of the
    workflows that the agent names, those that are in use there.
    """

    offered: OfferedAgent
    organization: OrganizationRef
    values: tuple[tuple[str, str], ...]
    workflows: tuple[str, ...] = ()


async def offered_agents(caller: Caller, usable: Usable) -> tuple[OfferedAgent, ...]:
    """The agents that the connection offers: Counterfoil's own, then those of each organization by code.

    One organization's are named by their code alone; where several are offering, by handle and code.
    """
    sources = await offering_organizations(caller)
    named = not is_dedicated(caller)
    found = [OfferedAgent(agent.code, agent, None, named) for agent in own_agents() if usable(agent)]
    for source in sources:
        for agent in await _agents_of(caller, source):
            if usable(agent):
                name = f"{source.handle}{_BETWEEN}{agent.code}" if len(sources) > 1 else agent.code
                found.append(OfferedAgent(name, agent, source, named))
    return tuple(found)


async def find_agent(caller: Caller, name: str, organization: str, usable: Usable) -> OfferedAgent:
    """The agent of this name. The whole name does where the code would, and a code alone where `organization` says
    whose it is: a client may have listed when its user belonged to another number of practices.

    Raises:
        NotFound: none is offered under this name.
        OrganizationRequired, NotFound: several have the code, and `organization` names none of their clients.
    """
    named = not is_dedicated(caller)
    for agent in own_agents():
        if name == agent.code and usable(agent):
            return OfferedAgent(name, agent, None, named)
    handle, _, code = name.rpartition(_BETWEEN)
    sources = await offering_organizations(caller)
    found = [
        OfferedAgent(name, agent, source, named)
        for source in sources
        if handle in ("", source.handle)
        for agent in await _agents_of(caller, source)
        if agent.code == code and usable(agent)
    ]
    if len(found) > 1:
        whose = await name_organization(caller, organization=organization, session="", changing=False)
        found = [one for one in found if one.source and one.source.id in (whose.id, whose.partner_id)]
    if not found:
        raise no_such_prompt()
    return found[0]


async def brief(caller: Caller, name: str, arguments: Mapping[str, str], usable: Usable) -> Briefing:
    """What an assistant is told that takes up the agent of this name.

    Raises:
        NotFound: no such prompt, or no such organization in reach.
        OrganizationRequired, OrganizationMismatch: as of any call.
        InvalidInput, LimitExceeded: an argument that is missing, unknown, or not of its kind.
    """
    whose = arguments.get(ORGANIZATION, "")
    offered = await find_agent(caller, name, whose, usable)
    organization = await name_organization(caller, organization=whose, session="", changing=False)
    _check_is_of(offered, organization)
    _check_names(offered, arguments)
    values = ((one.name, _value(one, arguments.get(one.name, ""))) for one in offered.agent.arguments)
    workflows = await _workflows_in_use(caller, organization, offered.agent)
    return Briefing(offered, organization, tuple((name, value) for name, value in values if value), workflows)


def no_such_prompt() -> NotFound:
    """The one answer for a prompt that nobody has, and for one that others have."""
    return NotFound("There is no such prompt on this connection; list the prompts anew.", field="name")


async def _agents_of(caller: Caller, source: OrganizationRef) -> tuple[Agent, ...]:
    agents = await books_to_read(caller, source).read(load_agents)
    return tuple(agent for agent in agents if agent.enabled)


async def _workflows_in_use(caller: Caller, organization: OrganizationRef, agent: Agent) -> tuple[str, ...]:
    if not agent.workflows:
        return ()
    known = await books_to_read(caller, organization).read(load_workflows)
    in_use = {workflow.code for workflow in known if workflow.active}
    return tuple(code for code in agent.workflows if code in in_use)


def _check_is_of(offered: OfferedAgent, organization: OrganizationRef) -> None:
    """A practice's words are for its own clients, and a task over all of them is for a practice."""
    source = offered.source
    if offered.agent.is_for_practice and organization.kind is not OrganizationKind.PARTNER:
        raise InvalidInput(
            f"{ORGANIZATION}: {organization.handle} is no practice: this prompt is for one.", field=ORGANIZATION
        )
    if source is not None and source.id not in (organization.id, organization.partner_id):
        raise InvalidInput(
            f"{ORGANIZATION}: {organization.handle} is no client of {source.handle}, whose prompt this is.",
            field=ORGANIZATION,
        )


def _check_names(offered: OfferedAgent, arguments: Mapping[str, str]) -> None:
    known = [one.name for one in offered.arguments]
    for name in arguments:
        # A connection of one organization lists no `organization`, but checks one that is sent anyway.
        if name not in (*known, ORGANIZATION):
            shown = name if name.isidentifier() and len(name) <= 60 else "One of the arguments"
            takes = f"It takes: {', '.join(known)}." if known else "It takes none."
            raise InvalidInput(f"{shown} is not an argument of {offered.name}. {takes}", field="arguments")


def _value(argument: AgentArgument, text: str) -> str:
    value = clean_line(text, field=argument.name, limit=VALUE_MAX, required=argument.required)
    if value and argument.kind is ArgumentKind.MONTH and not _MONTH.fullmatch(value):
        raise InvalidInput(f"{argument.name} must be a month such as 2026-03.", field=argument.name)
    return value
