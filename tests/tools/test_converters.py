"""Each common SDK converts every tool for its model's API, and what a model then sends is understood.

Regression: google-genai 3.6.1 stopped at `additionalProperties: false`, and with it the whole list; Google's API
refuses a list in which one `enum` holds an empty text; Azure's refuses a strict tool with a `default`.

An SDK takes seconds to load, and is loaded by the test that uses it: a process that only collects it waits for none.
"""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest
from mcp_types import Tool

from tests.snapshots.write import listed_tools
from tests.tools.bakery import HANDLE, Arguments, Bakery
from tests.tools.test_left_out import CALLS, filled_in

if TYPE_CHECKING:
    from agents import FunctionTool
    from google.genai.types import FunctionDeclaration

Schema = dict[str, Any]
WAYS = ("practice", "dedicated")
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KEYWORDS = {"type", "properties", "required", "items", "enum", "description"}
"""What the APIs of OpenAI (strict too, on Azure too), Anthropic and Google all take."""

NOTHING: tuple[Any, ...] = (None, "", [], {})
OF_ITS_TYPE = "the empty value of its type"
# One after the other in the same books: a credit note that leaves something to pay.
ONE_BY_ONE = CALLS | {
    "issue_credit_note": {"invoice": "{number}", "reason": "Returned", "lines": [{"position": 1, "quantity": "1"}]}
}


def _openai(tool: Tool) -> Schema:
    return _openai_agents(tool, strict=False).params_json_schema


def _openai_strict(tool: Tool) -> Schema:
    from openai.lib._pydantic import _ensure_strict_json_schema

    return _ensure_strict_json_schema(copy.deepcopy(tool.input_schema), path=(), root=tool.input_schema)


def _openai_agents_strict(tool: Tool) -> Schema:
    made = _openai_agents(tool, strict=True)
    assert made.strict_json_schema, f"{tool.name} is not strict"
    return made.params_json_schema


def _openai_agents(tool: Tool, *, strict: bool) -> FunctionTool:
    from agents.mcp import MCPServerStdio
    from agents.mcp.util import MCPUtil

    unconnected = MCPServerStdio(params={"command": "counterfoil", "args": ["stdio"]})
    return MCPUtil.to_function_tool(tool, unconnected, convert_schemas_to_strict=strict)


def _anthropic(tool: Tool) -> Schema:
    from anthropic.lib.tools.mcp import async_mcp_tool

    return cast(Schema, async_mcp_tool(tool, cast(Any, None)).to_dict()["input_schema"])


def _anthropic_strict(tool: Tool) -> Schema:
    from anthropic import transform_schema

    return transform_schema(tool.input_schema)


def _google(tool: Tool) -> Schema:
    (declaration,) = _declarations(tool, is_agent_platform=False)
    assert declaration.parameters
    return declaration.parameters.model_dump(mode="json", exclude_none=True)


def _google_as_json(tool: Tool) -> Schema:
    (declaration,) = _declarations(tool, is_agent_platform=True)
    return cast(Schema, declaration.parameters_json_schema)


def _declarations(tool: Tool, *, is_agent_platform: bool) -> list[FunctionDeclaration]:
    from google.genai import types as google
    from google.genai._mcp_utils import mcp_to_gemini_tools

    (made,) = mcp_to_gemini_tools(cast(Any, [tool]), is_agent_platform=is_agent_platform)
    # The request's own model, as it is sent.
    checked = google.GenerateContentConfig(tools=[made]).tools
    assert checked
    return cast(google.Tool, checked[0]).function_declarations or []


CONVERTERS: dict[str, Callable[[Tool], Schema]] = {
    "openai": _openai,
    "openai, strict": _openai_strict,
    "openai-agents, strict": _openai_agents_strict,
    "anthropic": _anthropic,
    "anthropic, strict": _anthropic_strict,
    "google-genai": _google,
    "google-genai, JSON schema": _google_as_json,
}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Tool]]:
    return asyncio.run(listed_tools(tmp_path_factory.mktemp("tools") / "data"))


@pytest.mark.parametrize("way", WAYS)
def test_schemas_keep_to_what_every_api_takes(listed: dict[str, list[Tool]], way: str) -> None:
    for tool in listed[way]:
        assert NAME.fullmatch(tool.name)
        for where, schema in _parts(tool.input_schema, tool.name):
            assert set(schema) <= KEYWORDS, where
            assert isinstance(schema["type"], str), f"{where}: a list of types"
            assert all(isinstance(one, str) and one.strip() for one in schema.get("enum", ["one"])), where
            assert (schema["type"] == "object") is bool(schema.get("properties")), where
            assert (schema["type"] == "array") is ("items" in schema), where
            assert set(schema.get("required", ())) <= set(schema.get("properties", ())), where
            assert all(NAME.fullmatch(name) for name in schema.get("properties", ())), where


@pytest.mark.parametrize("sdk", CONVERTERS)
@pytest.mark.parametrize("way", WAYS)
def test_each_sdk_converts_every_tool_whole(listed: dict[str, list[Tool]], way: str, sdk: str) -> None:
    for tool in listed[way]:
        converted = CONVERTERS[sdk](tool)
        published = {where: _names(schema) for where, schema in _parts(tool.input_schema, tool.name)}
        assert {where: _names(schema) for where, schema in _parts(converted, tool.name)} == published


@pytest.mark.parametrize(
    ("way", "nothing"),
    [("practice", OF_ITS_TYPE), ("dedicated", OF_ITS_TYPE), *(("practice", form) for form in NOTHING)],
    ids=repr,
)
async def test_what_a_model_sends_that_must_fill_in_everything_is_understood(
    bakery: Bakery, listed: dict[str, list[Tool]], way: str, nothing: Any
) -> None:
    """With nothing in any form at every depth. Most SDKs lead to the same calls: each other one is made once."""
    async with bakery.chat(dedicated=way == "dedicated") as chat:
        for tool in listed[way]:
            meant = filled_in(ONE_BY_ONE[tool.name], bakery)
            if "session" in tool.input_schema["properties"]:
                meant = {"organization": HANDLE, **meant}
            made: list[Arguments] = []
            for sdk, convert in CONVERTERS.items():
                call = _with_everything(convert(tool), meant, nothing)
                assert set(call) == set(tool.input_schema["properties"]), sdk
                if call not in made:
                    made.append(call)
                    result = await chat.call(tool.name, **call)
                    assert not result.is_error, f"{tool.name}, as {sdk} makes a model call it: {result.content}"


def _parts(schema: Schema, where: str) -> Iterator[tuple[str, Schema]]:
    yield where, schema
    for name, child in schema.get("properties", {}).items():
        yield from _parts(child, f"{where}.{name}")
    if "items" in schema:
        yield from _parts(schema["items"], f"{where}[]")


def _names(schema: Schema) -> tuple[Any, ...]:
    choices = tuple(schema.get("enum", ()))
    # A choice needs no type beside it.
    kind = "string" if choices else schema["type"].lower()
    return kind, choices, schema.get("description", ""), frozenset(schema.get("properties", ()))


def _with_everything(schema: Schema, meant: Arguments, nothing: Any) -> Arguments:
    return {
        name: _filled(child, meant[name], nothing) if name in meant else _nothing(child, nothing)
        for name, child in schema["properties"].items()
    }


def _filled(schema: Schema, value: Any, nothing: Any) -> Any:
    match value:
        case dict():
            return _with_everything(schema, value, nothing)
        case list():
            return [_filled(schema["items"], part, nothing) for part in value]
        case _:
            return value


def _nothing(schema: Schema, nothing: Any) -> Any:
    """What a strict client sends of a property about which there is nothing to say: null, or what the type forces."""
    if nothing is not OF_ITS_TYPE:
        return nothing
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"].lower():
        case "string":
            return ""
        case "array":
            return []
        case "boolean":
            return False
        case "integer" | "number":
            return 0
        case "object":
            return _with_everything(schema, {}, OF_ITS_TYPE)
    raise AssertionError(schema)
