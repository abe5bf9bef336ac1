"""Agents: tasks that assistants are offered as prompts, as the organization's people word them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from invoicing.assistance.agents import (
    AGENTS_MAX,
    INSTRUCTIONS_MAX,
    Agent,
    ArgumentKind,
    arguments_from_text,
    arguments_text,
    check_code,
    settings_from_text,
    settings_text,
    tools_from_text,
)
from invoicing.assistance.shipped import own_agents, shipped_agents
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line, clean_text, quoted
from operations.configuration.entries import (
    Change,
    Entry,
    Part,
    PartOf,
    asks_for_shipped,
    no_such_entry,
    record,
    wanted_of_shipped,
)
from operations.rights import Right
from storage.books.agents import load_agents, save_agent
from storage.books.pool import Books
from storage.books.workflows import load_workflows

_NAMED_MAX = 10


def _entry(agent: Agent) -> Entry:
    values = {
        "name": agent.name,
        "description": agent.description,
        "tools": " ".join(agent.tools),
        "arguments": arguments_text(agent.arguments),
        "settings": settings_text(agent.settings),
        "workflows": " ".join(agent.workflows),
        "instructions": agent.instructions,
    }
    return Entry(agent.code, values, agent.enabled)


def _in_short(agent: Agent) -> Entry:
    """Without the instructions, which are shown of one agent alone."""
    entry = _entry(agent)
    return replace(entry, values={name: value for name, value in entry.values.items() if name != "instructions"})


def _entries(db: Session, books: Books) -> list[Entry]:
    return [_in_short(agent) for agent in load_agents(db)]


def _entry_of(db: Session, books: Books, code: str) -> list[Entry]:
    return [_entry(agent) for agent in load_agents(db) if agent.code == code.strip().lower()]


def _save(db: Session, books: Books, change: Change) -> str:
    known = {agent.code: agent for agent in load_agents(db)}
    if asks_for_shipped(change.values):
        return _take_shipped(db, books, change, known)
    code = check_code(change.code)
    if code in {agent.code for agent in own_agents()}:
        raise Conflict(f"code: {code} is a prompt of Counterfoil's own.", field="code")
    before = known.get(code)
    if before is None and change.withdraw:
        raise no_such_entry("agent")
    if before is None:
        _check_number(len(known) + 1)
    base = before or Agent(code, "", "", "")
    after = replace(base, enabled=False) if change.withdraw else _changed(db, base, change.values)
    _keep(db, books, before, after)
    return code


def _changed(db: Session, base: Agent, values: Mapping[str, str]) -> Agent:
    """An agent that is written to again is offered again."""

    def given(name: str, otherwise: str) -> str:
        return values.get(name, otherwise)

    return replace(
        base,
        name=clean_line(given("name", base.name), field="name", limit=80, required=True),
        description=clean_line(given("description", base.description), field="description", limit=300, required=True),
        instructions=_instructions(given("instructions", base.instructions)),
        tools=tools_from_text(values["tools"]) if "tools" in values else base.tools,
        arguments=arguments_from_text(values["arguments"]) if "arguments" in values else base.arguments,
        settings=settings_from_text(values["settings"]) if "settings" in values else base.settings,
        workflows=_workflows(db, values["workflows"]) if "workflows" in values else base.workflows,
        enabled=True,
    )


def _instructions(text: str) -> str:
    text = clean_text(text, field="instructions", limit=INSTRUCTIONS_MAX, lines=300)
    if not text:
        raise InvalidInput("values: instructions is required: what an assistant is to do.", field="values")
    return text


def _workflows(db: Session, text: str) -> tuple[str, ...]:
    known = {small_letters(one.code): one.code for one in load_workflows(db)}
    wanted = dict.fromkeys(small_letters(one) for one in text.replace(",", " ").split())
    for one in wanted:
        if one not in known:
            raise InvalidInput(
                f"values: workflows: there is no workflow {quoted(one)} here.",
                field="values",
                candidates=list(known.values())[:_NAMED_MAX],
                remedy=Act.FIND_ENTRY,
            )
    return tuple(known[one] for one in wanted)


def _take_shipped(db: Session, books: Books, change: Change, known: Mapping[str, Agent]) -> str:
    """The agent of this code as it is brought along; without a code all that are not there yet."""
    shipped = {agent.code: agent for agent in shipped_agents(books.organization.kind)}
    wanted = wanted_of_shipped(shipped, change.code, known)
    _check_number(len({*known, *(agent.code for agent in wanted)}))
    for agent in wanted:
        _keep(db, books, known.get(agent.code), agent)
    return change.code


def _check_number(number: int) -> None:
    if number > AGENTS_MAX:
        raise LimitExceeded(f"code: an organization has at most {AGENTS_MAX} agents.", field="code")


def _keep(db: Session, books: Books, before: Agent | None, after: Agent) -> None:
    save_agent(db, after)
    record(db, books, Part.AGENTS, after.code, _entry(before) if before else None, _entry(after))


AGENTS = PartOf(
    title="agents",
    fields={
        "name": "its title",
        "description": "what it is for",
        "instructions": "what the assistant is to do; shown with its code",
        "tools": "names of the tools that it takes, in their order",
        "arguments": f"what it asks for: name (kind, required): what for; ... Kinds: {', '.join(ArgumentKind)}",
        "settings": "name=value; ...",
        "workflows": "codes of workflows that it goes through",
        "shipped": "true, alone: take the one that Counterfoil brings along, or without a code all that are not there",
    },
    read=_entries,
    read_one=_entry_of,
    save=_save,
    right=Right.CHANGE_AGENTS,
    withdrawing="it is no prompt any more",
)
