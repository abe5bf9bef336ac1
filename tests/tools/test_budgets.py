"""The contract's budgets: what a model reads of the tools in every conversation, and what it can rely on."""

from __future__ import annotations

import asyncio
import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp_types import Tool

from operations.rights import Right
from tests.snapshots.write import listed_tools, on_the_wire
from tests.support.assistant import ERAS
from tools.catalog import CATALOG, DEDICATED_CATALOG
from tools.context import (
    BooksToConfigure,
    BooksToCredit,
    BooksToDecide,
    BooksToImport,
    BooksToIssue,
    BooksToRecordPayment,
    BooksToSaveCustomer,
    BooksToSaveItem,
    BooksToUpdate,
    DraftableBooks,
    ReadableBooks,
    ReadableUnlessClients,
)
from tools.description import Description, Effect, Scope

DESCRIPTION_LENGTH_MAX = 280

TOOLS_MAX = {"practice": 30, "dedicated": 20}
TOKENS_MAX = {"practice": 6_000, "dedicated": 4_500}
LIST_TOKENS_MAX = 12_000
OPENS: dict[Right, Any] = {
    Right.READ: ReadableBooks,
    Right.DRAFT: DraftableBooks,
    Right.SAVE_CUSTOMER: BooksToSaveCustomer,
    Right.SAVE_ITEM: BooksToSaveItem,
    Right.IMPORT_RECORDS: BooksToImport,
    Right.ISSUE: BooksToIssue,
    Right.CREDIT: BooksToCredit,
    Right.DECIDE_APPROVAL: BooksToDecide,
    Right.RECORD_PAYMENT: BooksToRecordPayment,
    Right.UPDATE_PROFILE: BooksToUpdate,
    Right.CHANGE_SETTINGS: BooksToConfigure,
}
HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
_COMMANDING = re.compile(
    r"\b(always|you must|you should|make sure|important|ignore|before (using|calling)|other tools? first|"
    r"system prompt|tell the user|ask the user|do not (mention|tell)|never (mention|tell|use))\b",
    re.IGNORECASE,
)

Listed = dict[str, list[Tool]]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Listed:
    return asyncio.run(listed_tools(tmp_path_factory.mktemp("tools") / "data"))


@pytest.mark.parametrize("way", TOOLS_MAX)
def test_what_a_model_is_given_of_the_tools_stays_within_the_budget(listed: Listed, way: str) -> None:
    tools = [on_the_wire(tool) for tool in listed[way]]
    read_by_models = [{name: tool[name] for name in ("name", "description", "inputSchema")} for tool in tools]
    given, whole = sum(map(_tokens, read_by_models)), sum(map(_tokens, tools))
    print(f"{way}: {len(tools)} of {TOOLS_MAX[way]} tools, {given} of {TOKENS_MAX[way]} tokens given to a model,")
    print(f"    {whole} of {LIST_TOKENS_MAX} in the whole list; largest: {_largest(read_by_models)}")
    assert len(tools) <= TOOLS_MAX[way]
    assert given <= TOKENS_MAX[way]
    assert whole <= LIST_TOKENS_MAX


@pytest.mark.parametrize("way", TOOLS_MAX)
def test_every_tool_has_a_title_a_short_description_and_all_four_hints(listed: Listed, way: str) -> None:
    for tool in map(on_the_wire, listed[way]):
        assert tool["title"], tool["name"]
        assert 0 < len(tool["description"]) <= DESCRIPTION_LENGTH_MAX, tool["name"]
        assert all(isinstance(tool["annotations"].get(hint), bool) for hint in HINTS), tool["name"]
        assert tool["outputSchema"]["type"] == "object", tool["name"]


def test_what_is_taken_without_being_listed_is_an_argument() -> None:
    """What is let through and no argument would be dropped without a word."""
    for tool in CATALOG:
        assert tool.unlisted <= set(tool.for_practice().fn_metadata.arg_model.model_fields), tool.name


@pytest.mark.parametrize("way", TOOLS_MAX)
def test_schemas_hold_no_references_and_no_alternatives(listed: Listed, way: str) -> None:
    for tool in map(on_the_wire, listed[way]):
        keys = set(_keys(tool["inputSchema"])) | set(_keys(tool["outputSchema"]))
        assert not keys & {"$ref", "$defs", "anyOf", "oneOf", "allOf"}, tool["name"]


@pytest.mark.parametrize("way", TOOLS_MAX)
def test_descriptions_describe_the_tool_and_command_nobody(listed: Listed, way: str) -> None:
    for tool in map(on_the_wire, listed[way]):
        for text in [tool["description"], *_descriptions(tool["inputSchema"])]:
            # What the policy for named writes can be.
            plain = text.removesuffix(": live, always or off")
            assert not _COMMANDING.search(plain), f"{tool['name']}: {text}"
            assert text.isprintable(), tool["name"]


def test_a_dedicated_catalogue_names_no_organization(listed: Listed) -> None:
    dedicated = {tool.name: on_the_wire(tool)["inputSchema"] for tool in listed["dedicated"]}
    for name, schema in dedicated.items():
        assert not {"organization", "session", "clients"} & set(_keys(schema)), name
        assert not {"organization", "session"} & set(schema.get("required", [])), name
    assert list(dedicated) == [tool.name for tool in DEDICATED_CATALOG]
    for tool in listed["practice"]:
        properties = on_the_wire(tool)["inputSchema"]["properties"]
        if tool.name in dedicated:
            assert {"organization", "session"} <= set(properties), tool.name


async def test_tools_are_listed_in_the_same_order_by_every_server(tmp_path: Path, listed: Listed) -> None:
    for era in ERAS:
        again = await listed_tools(tmp_path / era, era)
        assert again == listed, era
    assert [tool.name for tool in listed["practice"]] == [tool.name for tool in CATALOG]


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
def test_a_tool_opens_the_books_for_its_act_and_as_its_effect_says(tool: Description) -> None:
    resolved = typing.get_type_hints(tool.function, include_extras=True)
    books = [hint for name, hint in resolved.items() if name == "books"]
    if tool.scope is Scope.PRACTICE:
        assert books == [], "a practice tool acts through the office, not in one organization's books"
    else:
        assert books == [ReadableUnlessClients if tool.across else OPENS[tool.act]]
    assert tool.effect is not Effect.READS or tool.act is Right.READ
    assert tool.effect is Effect.READS or ReadableBooks not in books
    assert tool.annotations().read_only_hint is (tool.effect is Effect.READS)


def _tokens(value: Any) -> int:
    """Tokens as the contract counts them: the characters of compact JSON, divided by four, rounded up."""
    return -(-len(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) // 4)


def _largest(tools: list[dict[str, Any]]) -> str:
    largest = max(tools, key=_tokens)
    return f"{largest['name']} with {_tokens(largest)}"


def _keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from _keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _keys(value)


def _descriptions(schema: dict[str, Any]) -> Iterator[str]:
    for child in schema.get("properties", {}).values():
        if "description" in child:
            yield child["description"]
        yield from _descriptions(child.get("items", child))
