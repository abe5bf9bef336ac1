"""Nothing of one organization reaches another, and nobody can find out by trying what another organization has.

The installation holds organizations that look alike (`tests.support.twins`). Whatever an actor sends that belongs to
an organization out of its reach is answered, byte for byte, as if it had never existed; no answer and no file holds
another organization's canary or identifiers; and the others' books are afterwards what they were before.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import BlobResourceContents, CallToolResult, TextResourceContents

from server.introduction import PRACTICE
from server.mcp import practice_server
from storage.books.pool import BOOKS_FILE
from tests.support.anothers import assert_nothing_of, masked
from tests.support.assistant import ERAS, Assistant, Era, assistant
from tests.support.faults import combined
from tests.support.raw import kept_at
from tests.support.twins import Known, Twins, readable
from tests.tools.probes import RESOURCES, SALE, TOOLS, WITHIN_ONE, Arguments
from tests.tools.unprobed import HARMLESS, unprobed
from tools.catalog import CATALOG
from tools.description import Description, Effect

Way = Literal["practice", "dedicated"]
WAYS: tuple[Way, ...] = ("practice", "dedicated")
WHO = (("only_a", "a"), ("hand", "a"), ("boss", "a"), ("boss", "b"), ("only_b", "b"), ("stranger", "c"))
"""Actors, each with an organization of its own."""

# What the actor's own call makes anew each time: identifiers, and the numbers of this year.
_FRESH = re.compile(r"[a-z]{3}_[0-9a-f]{32,40}|TEST-INV-2026-\d{5}")


async def test_every_tool_and_resource_is_tried(twins: Twins) -> None:
    for way in WAYS:
        async with chat_of(twins, "only_a", "a", "auto", way) as chat:
            tools = (await chat.client.list_tools()).tools
            templates = (await chat.client.list_resource_templates()).resource_templates
            assert unprobed(tools, templates, twins.known["b"]) == []
            assert {one.uri_template for one in templates} == set(RESOURCES)
    assert {tool.name for tool in CATALOG} == set(TOOLS)


async def test_a_tool_an_argument_and_a_resource_without_an_entry_are_named(twins: Twins) -> None:
    async def peek(other_draft: str) -> str:
        return other_draft

    async def get_invoice(invoice: str, copied_to: str) -> str:
        return invoice + copied_to

    async def read_secret(organization: str, secret: str) -> str:
        return organization + secret

    server = practice_server(twins.office("only_a"))
    server.resource("counterfoil://{organization}/secrets/{secret}")(read_secret)
    added = [Description(one, title="", text="", effect=Effect.READS).for_practice() for one in (peek, get_invoice)]
    tools = [one for one in await server.list_tools() if one.name != "get_invoice"]
    tools += [
        one.model_copy() for one in await type(server)(PRACTICE, tools=added, lifespan=server.lifespan).list_tools()
    ]
    assert unprobed(tools, await server.list_resource_templates(), twins.known["b"]) == [
        "the tool peek has no entry in tests/tools/probes.py",
        "the argument copied_to of get_invoice is neither tried in tests/tools/probes.py nor known to be harmless",
        "the resource counterfoil://{organization}/secrets/{secret} has no entry in tests/tools/probes.py",
    ]


@pytest.mark.faults
@pytest.mark.parametrize(("era", "way", "actor"), combined(ERAS, WAYS, ("only_a", "hand")))
async def test_what_is_anothers_answers_like_what_never_existed(twins: Twins, era: Era, way: Way, actor: str) -> None:
    mine = twins.known["a"]
    before = await twins.contents(("b", "c"))
    async with chat_of(twins, actor, "a", era, way) as chat:
        await sell_once(chat, mine, way)
        for tool in sorted(WITHIN_ONE if way == "dedicated" else TOOLS):
            for their in (twins.known["b"], twins.known["c"]):
                real, ghost = (attempts(tool, mine, one, way) for one in (their, their.never()))
                await expect_no_difference(chat, tool, real, ghost, their)
    assert await twins.contents(("b", "c")) == before


@pytest.mark.faults
@pytest.mark.parametrize(("era", "way", "actor"), combined(ERAS, WAYS, ("only_a", "hand")))
async def test_resources_of_others_answer_like_none(twins: Twins, era: Era, way: Way, actor: str) -> None:
    mine = twins.known["a"]
    async with chat_of(twins, actor, "a", era, way) as chat:
        for their in (twins.known["b"], twins.known["c"]):
            ghost = their.never()
            for handles in ((mine.handle, mine.handle), (their.handle, ghost.handle), (their.id, ghost.id)):
                real, never = (chain(*uris_of(*one)) for one in zip((their, ghost), handles, strict=True))
                for pair in zip(real, never, strict=True):
                    answers = [await read(chat, uri) for uri in pair]
                    assert answers[0].startswith("error"), pair
                    assert_alike(answers, their, pair[0])
                    assert_nothing_of(their, answers[0], pair[0], sent=pair[0])


async def test_no_argument_takes_anything_that_is_anothers(twins: Twins) -> None:
    mine, their = twins.known["a"], twins.known["b"]
    before = await twins.contents("b")
    async with chat_of(twins, "only_a", "a", "auto", "practice") as chat:
        await sell_once(chat, mine, "practice")
        for tool in sorted(WITHIN_ONE):
            own = next(iter(TOOLS[tool].own(mine)))
            for argument in sorted({name for one in TOOLS[tool].foreign(their) for name in one} - HARMLESS):
                real, ghost = (each_value_as(argument, own, mine, one) for one in (their, their.never()))
                await expect_no_difference(chat, tool, real, ghost, their)
    assert await twins.contents("b") == before


@pytest.mark.faults
@pytest.mark.parametrize(("era", "way", "who"), combined(ERAS, WAYS, WHO))
async def test_answers_and_files_hold_nothing_of_another_organization(
    twins: Twins, era: Era, way: Way, who: tuple[str, str]
) -> None:
    actor, own = who
    mine, others = twins.known[own], [one for key, one in twins.known.items() if key != own]
    async with chat_of(twins, actor, own, era, way) as chat:
        if actor == "boss" and way == "practice":
            await chat.switch(others[0].handle)
        before = await twins.contents(key for key in twins.known if key != own)
        for tool in sorted(WITHIN_ONE):
            if TOOLS[tool].of_the_practice and actor.startswith("only_"):
                for arguments in TOOLS[tool].own(mine):
                    refused = await chat.refused(tool, **in_own(arguments, mine, way))
                    assert refused["code"] == "not_allowed"
                continue
            told = [
                await everything_told(chat, tool, in_own(arguments, mine, way)) for arguments in TOOLS[tool].own(mine)
            ]
            assert_nothing_of_any(others, "\n".join(told), tool)
            assert any(mine.canary in one for one in told) is TOOLS[tool].shows, f"{tool} shows none of its own texts"
        for uri, *_ in uris_of(mine, mine.handle):
            told_there = await read(chat, uri)
            assert_nothing_of_any(others, told_there, uri)
            assert mine.canary in told_there, uri
    assert await twins.contents(before) == before
    kept = kept_at(twins.store.root / "organizations" / mine.id / BOOKS_FILE)
    assert mine.canary.encode() in kept
    assert not any(other.canary.encode() in kept for other in others)


@pytest.mark.parametrize(("actor", "own"), [("only_a", "a"), ("hand", "a"), ("only_b", "b"), ("stranger", "c")])
@pytest.mark.parametrize("era", ERAS)
async def test_lists_across_organizations_stop_at_the_actors_reach(
    twins: Twins, actor: str, own: str, era: Era
) -> None:
    others = [one for key, one in twins.known.items() if key != own]
    async with chat_of(twins, actor, own, era, "practice") as chat:
        for tool in sorted(set(TOOLS) - WITHIN_ONE):
            for arguments in TOOLS[tool].own(twins.known[own]):
                assert_nothing_of_any(others, told(await chat.call(tool, **arguments)), tool)
        listed = await chat.ok("list_organizations")
        assert len(listed["organizations"]) == (2 if actor in ("hand", "stranger") else 1)


OVER_CLIENTS: tuple[Arguments, ...] = (
    {"format": "csv", "clients": ["all"]},
    {"format": "pdf", "clients": "all"},
    {"format": "json", "report": "journal", "period": "2026", "clients": "all"},
)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("actor", "keys"), [("hand", "a"), ("boss", "ab"), ("stranger", "c")])
async def test_an_export_over_clients_holds_those_in_the_actors_reach(
    twins: Twins, actor: str, keys: str, era: Era
) -> None:
    mine, others = ([one for key, one in twins.known.items() if (key in keys) is there] for there in (True, False))
    before = await twins.contents(key for key in twins.known if key not in keys)
    async with chat_of(twins, actor, keys[0], era, "practice") as chat:
        for wanted in OVER_CLIENTS:
            text = await everything_told(chat, "export_documents", wanted)
            assert_nothing_of_any(others, text, str(wanted))
            assert all(f"{one.handle}/" in text and one.canary in text for one in mine), wanted
        for their in others:
            for name in ("handle", "id", "partner", "canary"):
                real, ghost = (
                    [{"format": "csv", "clients": [mine[0].handle, getattr(each, name)]}]
                    for each in (their, their.never())
                )
                await expect_no_difference(chat, "export_documents", real, ghost, their)
    assert before == await twins.contents(before)


async def test_a_number_that_several_have_is_ones_own(twins: Twins) -> None:
    async with chat_of(twins, "boss", "a", "auto", "practice") as chat:
        found = {}
        for key in ("a", "b"):
            handle = twins.known[key].handle
            for tool, argument in (("get_invoice", "invoice"), ("render_document", "document")):
                shown = await chat.ok(tool, organization=handle, **{argument: "test-inv-2026-00001"})
                found[key, tool] = json.dumps(shown)
                assert shown["organization"]["handle"] == handle
        assert found["a", "get_invoice"] != found["b", "get_invoice"]
        assert found["a", "render_document"] != found["b", "render_document"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("era", ERAS)
async def test_each_organization_lists_its_own_drafts_alone(twins: Twins, era: Era, way: Way) -> None:
    for actor, own in (("only_a", "a"), ("only_b", "b"), ("stranger", "c")):
        mine, others = twins.known[own], [one for key, one in twins.known.items() if key != own]
        async with chat_of(twins, actor, own, era, way) as chat:
            arguments = in_own({"status": "draft"}, mine, way)
            listed = told(await chat.call("find_invoices", **arguments))
            assert mine.draft in listed
            assert mine.customer_name in listed
            assert listed.count(f"PO-{mine.canary}") == 2
            assert_nothing_of_any(others, listed, f"drafts of {mine.handle}")


async def test_a_session_of_another_principal_is_neither_used_nor_adopted(twins: Twins) -> None:
    a, b = twins.known["a"], twins.known["b"]
    async with chat_of(twins, "hand", "a", "auto", "practice") as chat:
        assert (await chat.refused("get_organization", session=b.session))["code"] == "organization_required"
        assert (await chat.refused("get_organization", session=a.session))["code"] == "organization_required"
        switched = await chat.ok("switch_organization", organization=a.handle, session=b.session)
        assert switched["session"] not in ("", b.session)
        assert switched["previous"] == ""
    async with chat_of(twins, "only_b", "b", "auto", "practice") as chat:
        listed = await chat.ok("list_organizations", session=b.session)
        assert listed["active_organization"] == b.handle


async def test_a_dry_run_tells_of_no_handle_but_those_that_one_can_reach(twins: Twins) -> None:
    """Answered `harbour-bakery-2-sandbox`, it would tell which handles others have, at no cost and without a trace."""
    mine, theirs = twins.known["a"].handle, twins.known["c"].handle
    async with chat_of(twins, "boss", "a", "auto", "practice") as chat:
        for handle, would_be in ((theirs, theirs), (mine, mine.replace("-sandbox", "-3-sandbox"))):
            wanted = {"name": "New Client", "country": "GB", "handle": handle, "dry_run": True}
            result = await chat.call("create_client_organization", **wanted)
            assert cast("dict[str, Any]", result.structured_content)["would_be"] == would_be
            assert f"({would_be}, or with a number where somebody has that handle)" in told(result)


@asynccontextmanager
async def chat_of(twins: Twins, actor: str, own: str, era: Era, way: Way) -> AsyncIterator[Assistant]:
    office = twins.office(actor)
    async with assistant(office, era, organization=twins.known[own].handle if way == "dedicated" else "") as chat:
        yield chat


def in_own(arguments: Arguments, mine: Known, way: Way) -> Arguments:
    return arguments if way == "dedicated" else {**arguments, "organization": mine.handle}


async def sell_once(chat: Assistant, mine: Known, way: Way) -> None:
    """Issue what the attempts issue, so that each of them is a likely duplicate, the first one too."""
    await chat.ok("issue_invoice", **in_own(SALE, mine, way))


def attempts(tool: str, mine: Known, their: Known, way: Way) -> list[Arguments]:
    """The calls of the tool's entry, and one's own call that names the other organization, or its session."""
    entry = TOOLS[tool]
    if tool not in WITHIN_ONE:
        return list(entry.foreign(their))
    own = next(iter(entry.own(mine)))
    names = (their.handle, f" {their.handle.upper()} ", their.id, their.customer_name, their.canary, their.partner)
    return [
        *(in_own(arguments, mine, way) for arguments in entry.foreign(their)),
        *({**own, "organization": name} for name in names),
        {**own, "session": their.session},
        {**own, "session": their.session, "organization": their.handle},
    ]


def each_value_as(argument: str, own: Arguments, mine: Known, their: Known) -> list[Arguments]:
    """The call with everything that is known of the other organization, one after the other, as this argument."""
    named = own if argument == "session" else {**own, "organization": mine.handle}
    line = {"description": "Anything", "unit_price": "1", "quantity": "1"}
    return [
        {**named, "lines": [{**line, "item": value}]} if argument == "lines" else {**named, argument: value}
        for value in asdict(their).values()
    ]


async def expect_no_difference(
    chat: Assistant, tool: str, foreign: list[Arguments], ghostly: list[Arguments], their: Known
) -> None:
    """Each call with what is another's answers exactly as the call with what never existed."""
    for real, ghost in zip(foreign, ghostly, strict=True):
        if real == ghost:
            continue  # A position in a list that both have: nothing of the other's is in it.
        answers = [await chat.client.call_tool(tool, arguments) for arguments in (real, ghost)]
        assert_nothing_of(their, told(answers[0]), f"{tool} {real}", sent=json.dumps(real))
        assert_alike((one.model_dump_json(by_alias=True) for one in answers), their, f"{tool} {real}")


def assert_alike(answers: Iterable[str], their: Known, where: str) -> None:
    """The answers are the same but for what was sent, and what the actor's own call made."""
    real, never = answers
    assert masked(real, their, _FRESH) == masked(never, their.never(), _FRESH), where


def assert_nothing_of_any(others: Iterable[Known], text: str, where: str) -> None:
    for other in others:
        assert_nothing_of(other, text, where)


def told(result: CallToolResult) -> str:
    """All that an answer says: every block, structured content, metadata, and what its cursor hides."""
    text = result.model_dump_json(by_alias=True)
    cursor = (result.structured_content or {}).get("next_cursor")
    return text + (base64.urlsafe_b64decode(cursor + "==").decode() if cursor else "")


async def everything_told(chat: Assistant, tool: str, arguments: Arguments) -> str:
    """All that a call that succeeds says, and all text of the file it makes, read from disk and as a resource."""
    result = await chat.call(tool, **arguments)
    assert not result.is_error, told(result)
    text = told(result)
    for block in result.content:
        if block.type == "resource_link":
            path = Path((result.structured_content or {})["link"])
            text += readable(path.name, path.read_bytes()) + await read(chat, str(block.uri))
    return text


def uris_of(known: Known, handle: str) -> list[list[str]]:
    """For each template the resources that this organization has or could have, under the name of `handle`."""
    last = re.compile(r"\{(?!organization)\w+\}")
    return [
        [last.sub(value, template.replace("{organization}", handle)) for value in values(known)]
        for template, values in RESOURCES.items()
    ]


async def read(chat: Assistant, uri: str) -> str:
    """What reading a resource says: its content's text, or the error."""
    try:
        result = await chat.client.read_resource(uri)
    except MCPError as error:
        return f"error {error.code} {error.message} {error.data}"
    return "\n".join(_text_of(content) for content in result.contents)


def _text_of(content: TextResourceContents | BlobResourceContents) -> str:
    if isinstance(content, TextResourceContents):
        return content.text
    return readable("", base64.b64decode(content.blob))
