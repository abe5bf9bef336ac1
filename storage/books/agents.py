"""Queries on an organization's agents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from invoicing.assistance.agents import Agent, AgentArgument, ArgumentKind
from invoicing.document.canonical import canonical_json
from storage.books import assistance_tables
from storage.queries.cache import remembered
from storage.queries.statements import Kept, flat, insert_rows


def _words(kept: str) -> tuple[str, ...]:
    return tuple(kept.split())


def _pairs(kept: str) -> tuple[tuple[str, str], ...]:
    return tuple(json.loads(kept, strict=False).items())


def _arguments(kept: str) -> tuple[AgentArgument, ...]:
    return tuple(AgentArgument(**one | {"kind": ArgumentKind(one["kind"])}) for one in json.loads(kept, strict=False))


_AGENTS = Kept(
    assistance_tables.Agent, Agent, tools=_words, arguments=_arguments, settings=_pairs, workflows=_words, enabled=bool
)
_IN_ORDER = _AGENTS.all.order_by(_AGENTS.table.c.code)


def load_agents(session: Session) -> tuple[Agent, ...]:
    """The agents by code, those that are not enabled too; until a setting changes, what was read last time."""
    return remembered(session, ("agents",), lambda db: tuple(_AGENTS.find(db, _IN_ORDER)))


def add_agents(session: Session, agents: Iterable[Agent]) -> None:
    """Add new agents."""
    insert_rows(session, _AGENTS.table.insert().inline(), (_row(one) for one in agents))


def save_agent(session: Session, agent: Agent) -> None:
    """Keep an agent, new or changed."""
    values = {name: value for name, value in _row(agent).items() if name != "code"}
    if not _AGENTS.change(session, agent.code, **values):
        _AGENTS.add(session, code=agent.code, **values)


def _row(agent: Agent) -> dict[str, Any]:
    return flat(agent) | {
        "tools": " ".join(agent.tools),
        "arguments": canonical_json([flat(one) for one in agent.arguments]),
        "settings": json.dumps(dict(agent.settings), ensure_ascii=False),
        "workflows": " ".join(agent.workflows),
    }
