"""Agents: a task with instructions, the tools that it takes and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line, quoted

AGENTS_MAX = 50
INSTRUCTIONS_MAX = 10_000
ARGUMENTS_MAX = 10
SETTINGS_MAX = 30
VALUE_MAX = 500
CODE_MAX = 40

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ARGUMENT = re.compile(r"(?P<name>[^(:]*)(?:\((?P<marks>[^)]*)\))?\s*(?::(?P<description>.*))?")
_REQUIRED = "required"
# These a prompt has itself, where there is something to name.
_TAKEN = frozenset({"organization", "session"})


class ArgumentKind(StrEnum):
    """What an agent's argument is, and thereby what completes it."""

    TEXT = "text"
    CUSTOMER = "customer"
    ITEM = "item"
    INVOICE = "invoice"
    MONTH = "month"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class AgentArgument:
    """What an agent asks for before it begins."""

    name: str
    kind: ArgumentKind = ArgumentKind.TEXT
    required: bool = False
    description: str = ""


OVER_CLIENTS = frozenset(
    {
        "create_client_organization",
        "draft_for_clients",
        "get_practice_overview",
        "issue_for_clients",
        "list_clients",
        "push_configuration",
    }
)
"""Tools with which a practice acts over its clients."""


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

    @property
    def is_for_practice(self) -> bool:
        """Whether it is a task of a practice over its clients, and of no single one."""
        return not OVER_CLIENTS.isdisjoint(self.tools)


@cache
def tool_names() -> frozenset[str]:
    """The names of all tools, which `make docs` writes down: what describes tools lies above this."""
    return frozenset((Path(__file__).parent / "tools.txt").read_text("utf-8").split())


def check_code(text: str) -> str:
    """A code of an agent or a skill: also the name of a prompt, of a folder and a part of an address.

    Raises:
        InvalidInput: none.
    """
    code = small_letters(text)
    if len(code) > CODE_MAX or not _CODE.fullmatch(code):
        raise InvalidInput(
            f"code must be 1 to {CODE_MAX} letters, digits and single hyphens between them, such as month-end-close.",
            field="code",
        )
    return code


def tools_from_text(text: str) -> tuple[str, ...]:
    """Names of tools, with blanks or commas between them.

    Raises:
        InvalidInput: one that there is not.
    """
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    for name in names:
        if name not in tool_names():
            raise InvalidInput(f"values: tools: there is no tool {quoted(name)}.", field="values")
    return names


def arguments_from_text(text: str) -> tuple[AgentArgument, ...]:
    """Arguments as they are written: `month (month, required): which month`, with semicolons or line breaks between.

    Raises:
        InvalidInput, LimitExceeded.
    """
    arguments = tuple(_argument(one) for one in _parts(text))
    if len({one.name for one in arguments}) != len(arguments):
        raise InvalidInput("values: arguments: a name is there twice.", field="values")
    if len(arguments) > ARGUMENTS_MAX:
        raise LimitExceeded(f"values: arguments: an agent has at most {ARGUMENTS_MAX}.", field="values")
    return arguments


def arguments_text(arguments: Iterable[AgentArgument]) -> str:
    """The same arguments as a text."""
    return "; ".join(_written(one) for one in arguments)


def settings_from_text(text: str) -> tuple[tuple[str, str], ...]:
    """Settings as they are written: `tone=friendly; days=14`.

    Raises:
        InvalidInput, LimitExceeded.
    """
    pairs = tuple(_setting(one) for one in _parts(text))
    if len(dict(pairs)) != len(pairs):
        raise InvalidInput("values: settings: a name is there twice.", field="values")
    if len(pairs) > SETTINGS_MAX:
        raise LimitExceeded(f"values: settings: there are at most {SETTINGS_MAX}.", field="values")
    return pairs


def settings_text(settings: Iterable[tuple[str, str]]) -> str:
    """The same settings as a text."""
    return "; ".join(f"{name}={value}" for name, value in settings)


def _parts(text: str) -> list[str]:
    return [part.strip() for line in text.splitlines() for part in line.split(";") if part.strip()]


def _argument(text: str) -> AgentArgument:
    match = _ARGUMENT.fullmatch(text)
    name = match["name"].strip() if match else ""
    if match is None or not _NAME.fullmatch(name) or name in _TAKEN:
        raise InvalidInput(
            f"values: arguments: {quoted(text)} is none: write name (kind, required): what it is for, where the name is"
            " small letters, digits and underscores, and not organization.",
            field="values",
        )
    marks = [mark.strip() for mark in (match["marks"] or "").split(",") if mark.strip()]
    kinds = [mark for mark in marks if mark != _REQUIRED]
    if len(kinds) > 1 or not set(kinds) <= {kind.value for kind in ArgumentKind}:
        raise InvalidInput(
            f"values: arguments: {name} is of one of the kinds {', '.join(ArgumentKind)}.",
            field="values",
            candidates=[kind.value for kind in ArgumentKind],
        )
    description = clean_line(match["description"] or "", field="values", limit=200)
    kind = ArgumentKind(kinds[0]) if kinds else ArgumentKind.TEXT
    return AgentArgument(name, kind, _REQUIRED in marks, description)


def _written(one: AgentArgument) -> str:
    kind = one.kind.value if one.kind is not ArgumentKind.TEXT else ""
    marks = ", ".join(mark for mark in (kind, _REQUIRED if one.required else "") if mark)
    return f"{one.name}{f' ({marks})' if marks else ''}{f': {one.description}' if one.description else ''}"


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _NAME.fullmatch(name.strip()):
        raise InvalidInput(
            f"values: settings: {quoted(text)} is none: write name=value, where the name is small letters, digits and"
            " underscores.",
            field="values",
        )
    return name.strip(), clean_line(value, field="values", limit=VALUE_MAX)
