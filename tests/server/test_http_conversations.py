"""Conversations over HTTP, in both protocol eras: the practice, dedicated connections, secret links and API keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.demo import PRACTICE, STORIES, Story
from tests.support.assistant import ERAS, Assistant, Era, Refused, text_of
from tests.support.http import BAKERY, FINCH, HERE, Credentials, House, Site, house, message_of, site_of
from tests.support.people import colleague
from tests.support.practice import practice
from tools.catalog import CATALOG, DEDICATED_CATALOG
from tools.description import Effect

NUMBER = "TEST-INV-2026-00001"


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def month_end(chat: Assistant, story: Story) -> dict[str, Any]:
    """What the demonstration does for a client, in the organization that the conversation is about."""
    await chat.ok("update_organization", **story.profile)
    customer = (await chat.ok("save_customer", **story.customer))["customer"]
    item = (await chat.ok("save_item", **story.item))["item"]
    lines = [{"item": item["id"], "quantity": story.quantity}]
    draft = await chat.ok("draft_invoice", customer=customer["id"], lines=lines)
    issued = await chat.ok("issue_invoice", draft=draft["draft"], client_reference="demo-1")
    assert (issued["invoice"]["number"], issued["invoice"]["total"]) == (NUMBER, story.total)
    return issued


async def nothing_is_mixed_up(site: Site, token: str, handles: list[str]) -> None:
    async with site.chat(token) as chat:
        for story, handle in zip(STORIES, handles, strict=True):
            found = await chat.ok("find_customers", organization=handle)
            assert [one["name"] for one in found["customers"]] == [story.customer["name"]]
            rendered = await chat.call("render_document", organization=handle, document=NUMBER)
            assert text_of(rendered).splitlines()[0].endswith(f"({handle})")
            export = await chat.ok("export_documents", organization=handle, format="json")
            assert export["count"] == 1
            async with site.http() as browser:
                exported = (await browser.get(export["link"])).json()
            assert exported["organization"]["handle"] == handle
            assert [one["buyer"]["name"] for one in exported["documents"]] == [story.customer["name"]]


@pytest.mark.parametrize("era", ERAS)
async def test_the_demonstration_runs_on_one_practice_connection_with_switching(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path / "data", name=PRACTICE) as one, site_of(one.store, one.clock) as site:
        token = await Credentials.of(one).token()
        handles = []
        async with site.chat(token, era=era) as chat:
            assert chat.client.protocol_version == ("2026-07-28" if era == "auto" else "2025-11-25")
            for story in STORIES:
                created = await chat.ok("create_client_organization", name=story.name, **story.creation)
                handles.append(created["created"]["handle"])
                assert created["connection_url"] == f"{HERE}/mcp/{handles[-1]}"
            for story, handle in zip(STORIES, handles, strict=True):
                switched = await chat.switch(handle)
                assert bool(switched["session"]) is (era == "auto")
                issued = await month_end(chat, story)
                assert issued["organization"]["handle"] == handle
        await nothing_is_mixed_up(site, token, handles)


@pytest.mark.parametrize("era", ERAS)
async def test_the_demonstration_runs_on_three_dedicated_connections_side_by_side(tmp_path: Path, era: Era) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(practice(tmp_path / "data", name=PRACTICE))
        site = await stack.enter_async_context(site_of(one.store, one.clock))
        token = await Credentials.of(one).token()
        handles = []
        async with site.chat(token) as chat:
            for story in STORIES:
                created = await chat.ok("create_client_organization", name=story.name, **story.creation)
                handles.append(created["created"]["handle"])
        chats = [await stack.enter_async_context(site.chat(token, f"/mcp/{handle}", era)) for handle in handles]
        names = [chat.client.server_info.name if chat.client.server_info else "" for chat in chats]
        assert names == [f"counterfoil-{handle}" for handle in handles]
        issued = await asyncio.gather(*(month_end(*pair) for pair in zip(chats, STORIES, strict=True)))
        assert [one["organization"]["handle"] for one in issued] == handles
        await nothing_is_mixed_up(site, token, handles)


@pytest.mark.parametrize("era", ERAS)
async def test_the_demonstration_runs_on_a_secret_link(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path / "data") as one, site_of(one.store, one.clock) as site:
        story = STORIES[1]
        client = await one.client(story.name, story.creation["country"])
        credentials = Credentials.of(one)
        link = await credentials.link(client)
        async with site.chat("", f"/mcp/k/{link}", era) as chat:
            with pytest.raises(Refused, match="not_allowed: Changing the bank account is for a person to do"):
                await chat.ok("update_organization", **story.profile)
        # The account is the practice's to change; all else a link may.
        account = {"iban": story.profile["iban"]}
        async with site.chat(await credentials.token(), era=era) as chat:
            await chat.ok("update_organization", organization=client.handle, **account)
        without = {name: value for name, value in story.profile.items() if name not in account}
        async with site.chat("", f"/mcp/k/{link}", era) as chat:
            issued = await month_end(chat, replace(story, profile=without))
            assert issued["organization"]["handle"] == client.handle


@pytest.mark.parametrize("era", ERAS)
async def test_each_connection_says_its_own_name_and_whom_it_is_for(at_home: House, era: Era) -> None:
    token, link = await at_home.credentials.token(), await at_home.credentials.link(at_home.bakery)
    ways = {"/mcp": "", f"/mcp/{BAKERY}": BAKERY, f"/mcp/{FINCH}": FINCH, f"/mcp/k/{link}": BAKERY}
    for path, handle in ways.items():
        async with at_home.site.chat("" if "/k/" in path else token, path, era) as chat:
            info = chat.client.server_info
            assert info is not None
            assert info.name == (f"counterfoil-{handle}" if handle else "counterfoil")
            declared = chat.client.server_capabilities.model_dump(exclude_none=True).keys()
            assert declared - {"extensions"} == {"tools", "resources", "prompts", "completions"}
            assert (f"{handle} (sandbox) alone" if handle else "many organizations") in (chat.client.instructions or "")


async def test_what_each_modern_answer_says_of_the_server_is_the_connections_own(at_home: House) -> None:
    token = await at_home.credentials.token()
    for path, name in (("/mcp", "counterfoil"), (f"/mcp/{BAKERY}", f"counterfoil-{BAKERY}")):
        for method in ("server/discover", "tools/list"):
            result = message_of(await at_home.site.modern(path, token, method))["result"]
            assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == name


@pytest.mark.parametrize("era", ERAS)
async def test_dedicated_catalogues_know_no_organization_and_no_session(at_home: House, era: Era) -> None:
    token, link = await at_home.credentials.token(), await at_home.credentials.link(at_home.bakery)
    key = await at_home.credentials.key(at_home.bakery)
    every_tool = [tool.name for tool in DEDICATED_CATALOG]
    for secret, path in ((token, f"/mcp/{BAKERY}"), ("", f"/mcp/k/{link}"), (key, "/mcp"), (key, f"/mcp/{BAKERY}")):
        async with at_home.site.chat(secret, path, era) as chat:
            tools = (await chat.client.list_tools()).tools
            # No key and no link decides an approval.
            wanted = every_tool if secret == token else [name for name in every_tool if name != "decide_approval"]
            assert [tool.name for tool in tools] == wanted
            for tool in tools:
                assert not {"organization", "session"} & set(tool.input_schema.get("properties", {})), tool.name
            refused = await chat.refused("switch_organization", organization=BAKERY)
            assert refused["code"] == "not_allowed"
    async with at_home.site.chat(token, "/mcp", era) as chat:
        assert [tool.name for tool in (await chat.client.list_tools()).tools] == [tool.name for tool in CATALOG]


@pytest.mark.parametrize("era", ERAS)
async def test_an_organization_that_is_sent_anyway_must_be_the_connections_own(at_home: House, era: Era) -> None:
    token, link = await at_home.credentials.token(), await at_home.credentials.link(at_home.bakery)
    key = await at_home.credentials.key(at_home.bakery)
    for secret, path in ((token, f"/mcp/{BAKERY}"), ("", f"/mcp/k/{link}"), (key, "/mcp")):
        async with at_home.site.chat(secret, path, era) as chat:
            for named in (BAKERY, BAKERY.upper(), f" {BAKERY} "):
                assert (await chat.ok("find_customers", organization=named))["organization"]["handle"] == BAKERY
            messages = set()
            for named in (FINCH, "ghost-sandbox", at_home.bakery.id, "Harbour Bakery"):
                error = await chat.refused("save_customer", name="Nobody", organization=named)
                assert error["code"] == "organization_mismatch"
                messages.add(json.dumps(error))
            assert len(messages) == 1
            assert (await chat.refused("find_customers", session="ses_1"))["code"] == "invalid_input"


@pytest.mark.parametrize("era", ERAS)
async def test_read_only_credentials_list_no_changing_tool_and_call_none(at_home: House, era: Era) -> None:
    made = at_home.credentials
    token, key = await made.token(read_only=True), await made.key(at_home.bakery, read_only=True)
    link = await made.link(at_home.bakery, read_only=True)
    # Switching changes a conversation, nobody's books.
    changing = {tool.name for tool in CATALOG if tool.effect is not Effect.READS} - {"switch_organization"}
    for secret, path in ((token, "/mcp"), (token, f"/mcp/{BAKERY}"), (key, "/mcp"), ("", f"/mcp/k/{link}")):
        async with at_home.site.chat(secret, path, era) as chat:
            listed = [tool.name for tool in (await chat.client.list_tools()).tools]
            assert not changing & set(listed)
            assert "find_customers" in listed
            for name in sorted(changing):
                error = await chat.refused(name)
                assert error["code"] == "not_allowed"
                over_all = name not in {tool.name for tool in DEDICATED_CATALOG}
                # What is wrong there first: a dedicated connection has no such tool, whoever uses it.
                elsewhere = over_all and "list_organizations" not in listed
                reason = "across organizations" if elsewhere else "this connection is read-only"
                assert reason in error["message"], name
            assert (await chat.refused("no_such_tool"))["code"] == "not_found"
    async with at_home.site.chat(token, "/mcp", era) as chat:
        await chat.switch(BAKERY)
        assert len((await chat.ok("find_customers"))["customers"]) == 1


async def test_a_viewer_changes_nothing_over_the_practice_connection_either(at_home: House) -> None:
    viewer = await colleague(at_home.one, at_home.bakery, "viewer")
    token = await at_home.credentials.token(viewer.principal.label)
    async with at_home.site.chat(token, "/mcp") as chat:
        error = await chat.refused("save_customer", name="Nobody", organization=BAKERY)
        assert error["code"] == "not_allowed"
    async with at_home.site.chat(token, f"/mcp/{BAKERY}") as chat:
        assert (await chat.refused("save_customer", name="Nobody"))["code"] == "not_allowed"


async def test_conversations_with_the_same_request_ids_do_not_mix(at_home: House) -> None:
    site, token = at_home.site, await at_home.credentials.token()
    sessions = {handle: await site.begin("/mcp", token) for handle in (BAKERY, FINCH)}
    for handle, session in sessions.items():
        called: dict[str, Any] = {"name": "switch_organization", "arguments": {"organization": handle}}
        assert (await site.rpc("/mcp", token, "tools/call", session=session, **called)).status_code == 200

    async def legacy(handle: str) -> tuple[str, int, str]:
        looked: dict[str, Any] = {"name": "get_organization", "arguments": {}}
        answer = await site.rpc("/mcp", token, "tools/call", session=sessions[handle], request_id=7, **looked)
        message = message_of(answer)
        return handle, message["id"], message["result"]["structuredContent"]["organization"]["handle"]

    async def modern(handle: str) -> tuple[str, int, str]:
        looked: dict[str, Any] = {"name": "get_organization", "arguments": {"organization": handle}}
        message = message_of(await site.modern("/mcp", token, "tools/call", request_id=7, **looked))
        return handle, message["id"], message["result"]["structuredContent"]["organization"]["handle"]

    asked = [ask(handle) for _ in range(10) for handle in (BAKERY, FINCH) for ask in (legacy, modern)]
    for handle, request_id, answered in await asyncio.gather(*asked):
        assert (request_id, answered) == (7, handle)
