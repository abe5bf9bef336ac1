"""How a tool is described, and how it becomes a tool of the MCP SDK in the practice's or a dedicated catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp_types import ToolAnnotations

from operations.rights import Right
from tools.characters import check_texts
from tools.inputs import flag
from tools.left_out import text_names, without_left_out
from tools.schemas import compact_input, compact_output, is_flag

NAMING_ARGUMENTS = ("organization", "session")


class Scope(Enum):
    """Where a tool is listed: everywhere, or only on the practice connection."""

    ORGANIZATION = "organization"
    PRACTICE = "practice"


class Effect(Enum):
    """What a call does: reading, changing what can be changed again, or something that stays for good."""

    READS = "reads"
    CHANGES = "changes"
    COMMITS = "commits"


@dataclass(frozen=True, slots=True)
class Description:
    """A tool as its file describes it.

    `act` is what the books are opened for, or what an act across organizations asks for: the tool is shown and can be
    called where that may be done. `repeatable` says that a second, equal call changes nothing more; `unlisted` are
    arguments that it takes and that its schema does not spell out, because another tool's does; `in_details` what it
    takes in details alone; `across` arguments with
    which it acts across organizations, on the practice connection alone.
    `streams` says that a call may tell or ask its client something before it answers, or take so long that a client
    wants a sign of life: over HTTP it is answered by an event stream. `asks` says that a call may send its client's
    user to a page.
    """

    function: Callable[..., Any]
    title: str
    text: str
    effect: Effect
    act: Right = Right.READ
    scope: Scope = Scope.ORGANIZATION
    repeatable: bool = False
    unlisted: frozenset[str] = frozenset()
    in_details: frozenset[str] = frozenset()
    across: frozenset[str] = frozenset()
    streams: bool = False
    asks: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__

    def annotations(self) -> ToolAnnotations:
        reads = self.effect is Effect.READS
        return ToolAnnotations(
            title=self.title,
            read_only_hint=reads,
            destructive_hint=self.effect is Effect.COMMITS,
            idempotent_hint=reads or self.repeatable,
            open_world_hint=False,
        )

    def for_practice(self) -> Tool:
        """The tool as the practice connection lists it; the same object for every server of the process."""
        return _for_practice(self)

    def for_dedicated(self) -> Tool:
        """The tool as a dedicated connection lists it: nothing in its schema names an organization."""
        return _for_dedicated(self)


@cache
def _for_practice(described: Description) -> Tool:
    # Making its schemas takes ten milliseconds, and every local connection has a server of its own.
    tool = Tool.from_function(
        described.function, title=described.title, description=described.text, annotations=described.annotations()
    )
    whole = compact_input(tool.parameters)
    properties = whole["properties"]
    metadata = _Metadata(
        json_arguments=_names(properties, lambda one: one.get("type") == "array"),
        flags=_names(tool.parameters["properties"], is_flag),
        counts=_names(properties, lambda one: one.get("type") == "integer") - set(whole.get("required", ())),
        texts=text_names(tool.fn_metadata.arg_model),
        arg_model=tool.fn_metadata.arg_model,
        output_schema=compact_output(tool.fn_metadata.output_schema or {}),
    )
    listed = {name: schema for name, schema in properties.items() if name not in described.unlisted}
    return tool.model_copy(update={"parameters": {**whole, "properties": listed}, "fn_metadata": metadata})


@cache
def _for_dedicated(described: Description) -> Tool:
    tool = _for_practice(described)
    properties = {
        name: schema
        for name, schema in tool.parameters["properties"].items()
        if name not in NAMING_ARGUMENTS and name not in described.across
    }
    return tool.model_copy(update={"parameters": {**tool.parameters, "properties": properties}})


class _Metadata(FuncMetadata):
    """Argument handling that takes a text for a text.

    Some clients send lists and objects as JSON texts, which are parsed; everything else stays as it was sent, so
    that a name of `null` or `[1]` is just that. What is empty is left out, at every depth, and so is a count of 0
    where there need be none. What says yes or no is taken strictly in every tool.
    """

    json_arguments: frozenset[str]
    flags: frozenset[str]
    counts: frozenset[str]
    texts: frozenset[str]

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        sent = {name: _parsed(value) if name in self.json_arguments else value for name, value in data.items()}
        check_texts(sent)
        return {
            name: flag(value, field=name) if name in self.flags else value
            for name, value in without_left_out(sent, self.texts).items()
            if not (name in self.counts and value == 0 and type(value) is int)
        }


def _names(properties: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> frozenset[str]:
    """The arguments whose schema is such a one; an address may be an object or a text, and sorts that out itself."""
    return frozenset(name for name, schema in properties.items() if wanted(schema))


def _parsed(value: object) -> object:
    if not isinstance(value, str) or value.lstrip()[:1] != "[":
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
