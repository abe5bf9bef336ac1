"""One grammar for each kind of argument, which every argument of every tool has, also one that is added later.

The arguments are taken from the catalogue. What a number is says the table of docs/money.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import cycle
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from invoicing.money.amounts import parse_decimal, parse_whole
from invoicing.refusals import InvalidInput
from tests.support.assistant import text_of
from tests.support.money_document import money_table
from tests.tools.bad_input import error_of
from tests.tools.bakery import HANDLE, Arguments, Bakery
from tests.tools.test_left_out import CALLS, SCHEMAS, filled_in
from tools.catalog import CATALOG
from tools.description import Description

REFUSED = "refused"
METADATA = {tool.name: tool.for_practice().fn_metadata for tool in CATALOG}
NUMBERS = [{name: cell.strip("`") for name, cell in row.items()} for row in money_table("text", "decimal")]
UNPRINTABLE = ("\x00", "\x01", "\x0b", "\x0c", "\x1b", "\x1c", "\x1f", "\x7f", "\x85", "\u202e", "\u2066", "\U000e0041")
DATES = {
    "2026-03-31": date(2026, 3, 31),
    "2024-02-29": date(2024, 2, 29),
    **dict.fromkeys(
        (
            *(" 2026-03-31", "2026-03-31 ", "2026-03-31\n", "\t2026-03-31", "2026-03-31\u00a0", "2026-03-31\u200b"),
            *("2026-3-31", "2026-03-1", "26-03-31", "20260331", "2026-W14-2", "2026W142", "2026-090", "2026-W14"),
            *("2026-03-31T00:00", "2026-03-31Z", "31.03.2026", "03/31/2026", "2026/03/31", "2026-02-30", "2026-13-01"),
            *(
                "\uff12026-03-31",
                "\u0662026-03-31",
                "2026\u201103\u201131",
                "today",
                "None",
                "null",
                "0000-01-01",
                "-2026-03-31",
            ),
        ),
        REFUSED,
    ),
}
NOT_FLAGS = (
    "True",
    "FALSE",
    " true",
    "true\n",
    "yes",
    "no",
    "1",
    "0",
    "on",
    "None",
    "null",
    "\uff54rue",
    1,
    0,
    1.0,
    [True],
)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row["text"])
def test_what_a_number_is_stands_in_the_document(row: dict[str, str]) -> None:
    sent = json.loads(row["text"])
    for parse, wanted in ((parse_decimal, row["decimal"]), (parse_whole, row["whole number"])):
        if wanted == REFUSED:
            with pytest.raises(InvalidInput) as refused:
                parse(sent, field="amount")
            assert refused.value.field == "amount"
        else:
            assert str(parse(sent, field="amount")) == wanted


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
def test_every_number_date_flag_and_choice_of_every_tool_has_its_grammar(tool: Description) -> None:
    model = METADATA[tool.name].arg_model
    for path, annotation, texts in typed(model):
        kinds = set(kinds_of(annotation))
        if str in texts:
            continue
        if Decimal in kinds or int in kinds:
            column = "decimal" if Decimal in kinds else "whole number"
            for row in NUMBERS:
                sent, wanted = json.loads(row["text"]), row[column]
                assert is_refused(tool, path, sent) is (wanted == REFUSED), (path, sent)
        elif date in kinds:
            for text, meaning in DATES.items():
                assert is_refused(tool, path, text) is (meaning == REFUSED), (path, text)
            for other in (20260331, 1.5, True, ["2026-03-31"]):
                assert is_refused(tool, path, other), (path, other)
        elif bool in kinds:
            assert not any(is_refused(tool, path, one) for one in (True, False, "true", "false")), path
            for no_flag in NOT_FLAGS:
                assert is_refused(tool, path, no_flag), (path, no_flag)
        elif choices := [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]:
            for choice in choices:
                assert not is_refused(tool, path, one_or_several(kinds, choice)), path
                for slip in (f" {choice}", f"{choice}\n", choice.upper(), f"{choice}\u200b", "None", "null", 1, True):
                    assert is_refused(tool, path, one_or_several(kinds, slip)), (path, slip)


def one_or_several(kinds: set[Any], choice: object) -> object:
    """The choice, in a list where several can be made."""
    return [choice] if any(get_origin(kind) is list for kind in kinds) else choice


def test_the_arguments_of_all_kinds_are_looked_at() -> None:
    seen: dict[Any, int] = {}
    for tool in CATALOG:
        for _, annotation, _ in typed(METADATA[tool.name].arg_model):
            for kind in kinds_of(annotation):
                seen[kind] = seen.get(kind, 0) + 1
    assert min(seen[kind] for kind in (Decimal, date, bool, int)) >= 8, seen


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
async def test_what_cannot_be_printed_is_refused_in_every_text_of_every_tool(bakery: Bakery, tool: Description) -> None:
    """A NUL in a search found everything: a database ends a pattern there."""
    before = bakery.contents()
    characters = cycle(UNPRINTABLE)
    schema = SCHEMAS[tool.name]
    names = [*schema["properties"], *tool.unlisted]
    async with bakery.chat(dedicated=False) as chat:
        for name in names:
            for path, build in texts_of(name, schema["properties"].get(name, {"type": "string"})):
                character = next(characters)
                call = filled_in(CALLS[tool.name], bakery) | {name: build(f"Roll{character}s")}
                error = await error_of(chat, tool.name, call)
                assert error["code"] == "invalid_input", (path, error)
                assert error["field"] == path, error
                assert f"U+{ord(character):04X}" in error["message"], error
                assert character not in error["message"]
    assert bakery.contents() == before


@pytest.mark.parametrize(
    "query", ["\x00", "%\x00", "\x00Hotel", "Hotel\x00", "\x1c", "\x85", "\u200b", "\u2800", "\u00ad\u200b"]
)
async def test_no_search_finds_everything_by_a_query_that_says_nothing(bakery: Bakery, query: str) -> None:
    async with bakery.chat(dedicated=False) as chat:
        for tool, more in (
            *((tool, {"organization": HANDLE}) for tool in ("find_customers", "find_items", "find_invoices")),
            ("find_invoices", {"organization": HANDLE, "status": "draft"}),
            ("list_organizations", {}),
            ("list_clients", {}),
        ):
            error = await chat.refused(tool, query=query, **more)
            assert (error["code"], error["field"]) == ("invalid_input", "query"), tool


@pytest.mark.parametrize("cursor", ["{cursor}\n", " {cursor}", "{cursor}!", "{cursor}\x00", "{cursor}\u200b"])
async def test_a_cursor_is_what_a_list_gave_and_nothing_around_it(bakery: Bakery, cursor: str) -> None:
    sent = cursor.replace("{cursor}", bakery.made.cursor)
    async with bakery.chat() as chat:
        assert (await chat.ok("find_customers", cursor=bakery.made.cursor))["customers"]
        assert (await chat.refused("find_customers", cursor=sent))["field"] == "cursor"


@pytest.mark.parametrize(
    "uri", ["documents/%00", "documents/{number}%00", "documents/%E2%80%8B", "exports/%00", "documents/%0A/pdf"]
)
async def test_a_resource_with_an_odd_name_is_none(bakery: Bakery, uri: str) -> None:
    async with bakery.chat() as chat:
        for handle in (HANDLE, HANDLE.replace("k", "%E2%84%AA"), f"{HANDLE}%00"):
            named = f"counterfoil://{handle}/{uri.replace('{number}', bakery.made.number)}"
            with pytest.raises(Exception, match=r"no such resource|Unknown resource|not found"):
                await chat.client.read_resource(named)


async def test_a_code_in_letters_that_only_become_those_of_a_code_is_none(bakery: Bakery) -> None:
    kelvin, long_s, dotless = "\u212a", "\u017f", "\u0131"
    async with bakery.chat(dedicated=False) as chat:
        here: Arguments = {"organization": HANDLE}
        for tool, arguments, field in (
            ("find_customers", {"organization": HANDLE.replace("k", kelvin)}, "organization"),
            ("find_customers", {"organization": HANDLE.replace("s", long_s)}, "organization"),
            ("get_organization", {"organization": HANDLE.replace("-", "\u2011")}, "organization"),
            ("create_client_api_key", {"organization": HANDLE.replace("k", kelvin), "name": "Till"}, "organization"),
            ("create_client_organization", {"name": "X", "country": "GB", "handle": f"par{kelvin}"}, "handle"),
            ("create_client_organization", {"name": "X", "country": "GB", "copy_from": f"{kelvin}"}, "copy_from"),
            ("create_client_organization", {"name": "X", "country": f"{dotless}t"}, "country"),
            ("save_customer", {**here, "name": "X", "country": f"{long_s}e"}, "country"),
            ("save_customer", {**here, "name": "X", "currency": f"{long_s}ek"}, "currency"),
            ("save_customer", {**here, "name": "X", "currency": "\uff25\uff35\uff32"}, "currency"),
            ("save_customer", {**here, "name": "X", "currency": "EUR\n"}, "currency"),
            ("save_item", {**here, "name": "X", "tax_code": f"{long_s}tandard"}, "tax_code"),
            ("update_organization", {**here, "iban": f"GB33BU{kelvin}B20201555555555"}, "iban"),
            ("update_organization", {**here, "bic": f"BU{kelvin}BGB22"}, "bic"),
            ("update_organization", {**here, "tax_number": "GB98078068\uff14"}, "tax_number"),
            ("update_organization", {**here, "locale": "\uff44\uff45_DE"}, "locale"),
            ("find_invoices", {**here, "status": f"i{long_s}{long_s}ued"}, "status"),
            ("render_document", {**here, "document": bakery.made.number, "format": "\uff50df"}, "format"),
        ):
            error = await error_of(chat, tool, arguments)
            assert (error["code"], error.get("field")) in (("invalid_input", field), ("not_found", field)), (
                tool,
                error,
            )
        listed = await chat.call("list_organizations")
        assert "par" not in [line.partition("(")[2][:3] for line in text_of(listed).splitlines()]


def is_refused(tool: Description, path: str, value: Any) -> bool:
    """Whether the value is refused there, whatever else the call lacks."""
    metadata = METADATA[tool.name]
    name, *parts = path.split(".")
    sent, where = value, list[Any]()
    for part in reversed(parts):
        sent = {part.removesuffix("[]"): [sent] if part.endswith("[]") else sent}
    sent = [sent] if name.endswith("[]") else sent
    for part in (name, *parts):
        where += [part.removesuffix("[]"), *([0] if part.endswith("[]") else [])]
    name = name.removesuffix("[]")
    try:
        metadata.arg_model.model_validate(metadata.pre_parse_json({name: sent}))
    except InvalidInput as refusal:
        return refusal.field == path
    except ValidationError as error:
        return any(list(one["loc"])[: len(where)] == where and one["type"] != "missing" for one in error.errors())
    return False


def typed(model: type[BaseModel], where: str = "") -> Iterator[tuple[str, Any, set[Any]]]:
    """The fields of a model with their annotations, and of its parts; and what texts are among them."""
    for name, field in model.model_fields.items():
        kinds = list(kinds_of(field.annotation))
        parts = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        for part in parts:
            yield from typed(part, f"{where}{name}{'[].' if any(get_origin(kind) is list for kind in kinds) else '.'}")
        if not parts:
            yield f"{where}{name}", field.annotation, {kind for kind in kinds if kind is str}


def kinds_of(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from kinds_of(part)


def texts_of(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Where an argument takes a text: its path, and how it is sent there."""
    match schema.get("type"):
        case "string":
            yield name, lambda text: text
        case "object":
            yield name, lambda text: text
            for part in schema["properties"]:
                yield f"{name}.{part}", lambda text, part=part: {part: text}
        case "array" if schema["items"].get("type") == "string":
            yield f"{name}[0]", lambda text: [text]
        case "array":
            for part in schema["items"]["properties"]:
                yield f"{name}[0].{part}", lambda text, part=part: [{part: text}]
                yield f"{name}[0].{part}", lambda text, part=part: json.dumps([{part: text}])


assert set(SCHEMAS) == {tool.name for tool in CATALOG}
