"""How a tool is described, and how it becomes a tool of the MCP SDK in the practice's or a dedicated catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp_types import ToolAnnotations

from tools.inputs import flag
from tools.schemas import compact, compact_output

DESCRIPTION_LENGTH_MAX = 280
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
    """A tool as its file describes it. `repeatable` says that a second, equal call changes nothing more."""

    function: Callable[..., Any]
    title: str
    text: str
    effect: Effect
    scope: Scope = Scope.ORGANIZATION
    repeatable: bool = False

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
        """The tool as the practice connection lists it."""
        tool = Tool.from_function(
            self.function, title=self.title, description=self.text, annotations=self.annotations()
        )
        parameters = compact(tool.parameters)
        metadata = _Metadata(
            json_arguments=_arguments_of_type(parameters, "array"),
            flags=_arguments_of_type(parameters, "boolean"),
            arg_model=tool.fn_metadata.arg_model,
            output_schema=compact_output(tool.fn_metadata.output_schema or {}),
        )
        return tool.model_copy(update={"parameters": parameters, "fn_metadata": metadata})

    def for_dedicated(self) -> Tool:
        """The tool as a dedicated connection lists it: nothing in its schema names an organization."""
        tool = self.for_practice()
        properties = {
            name: schema for name, schema in tool.parameters["properties"].items() if name not in NAMING_ARGUMENTS
        }
        return tool.model_copy(update={"parameters": {**tool.parameters, "properties": properties}})


class _Metadata(FuncMetadata):
    """Argument handling that takes a text for a text.

    Some clients send lists and objects as JSON texts, which are parsed; everything else stays as it was sent, so
    that a note of `null` or a name of `[1]` is just that. What says yes or no is taken strictly in every tool.
    """

    json_arguments: frozenset[str]
    flags: frozenset[str]

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: self._argument(name, value) for name, value in data.items()}

    def _argument(self, name: str, value: object) -> object:
        if name in self.flags:
            return flag(value, field=name)
        return _parsed(value) if name in self.json_arguments else value


def _arguments_of_type(parameters: dict[str, Any], kind: str) -> frozenset[str]:
    """The arguments of this type; an address may be an object or a text, and sorts that out itself."""
    return frozenset(name for name, schema in parameters["properties"].items() if schema.get("type") == kind)


def _parsed(value: object) -> object:
    if not isinstance(value, str) or value.lstrip()[:1] != "[":
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
