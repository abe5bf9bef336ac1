"""Agents: a task with instructions, the tools that it takes and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ArgumentKind(StrEnum):
    """What an agent's argument is, and thereby what completes it."""

    TEXT = "text"
    CUSTOMER = "customer"
    ITEM = "item"
    INVOICE = "invoice"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class AgentArgument:
    """What an agent asks for before it begins."""

    name: str
    kind: ArgumentKind = ArgumentKind.TEXT
    required: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A task for an assistant, as the organization's people wrote it. `tools` are names of ours in the order of their
    calls, `workflows` codes of the organization's own, `settings` pairs of a name and a text.
    """

    code: str
    name: str
    description: str
    instructions: str
    tools: tuple[str, ...] = ()
    arguments: tuple[AgentArgument, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    workflows: tuple[str, ...] = ()
    enabled: bool = True
