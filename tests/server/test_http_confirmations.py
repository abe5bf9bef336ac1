"""Confirmations of revision 2026-07-28: what was asked of one principal for one organization counts there alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import httpx2
import pytest
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp.server.mcpserver.tools import Tool
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult
from pydantic import BaseModel

from operations.naming import name_organization
from server.mcp import CounterfoilServer
from tests.support.http import BAKERY, FINCH, MODERN, House, Site, house, message_of, modern_headers, site_of
from tests.support.people import another_practice
from tests.support.stores import open_store
from tools.context import ReadableBooks, find_caller

FORM = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


class Agreed(BaseModel):
    """What a confirmation says."""

    ok: bool


async def close_year(ctx: Context[Any, Any], organization: str = "", session: str = "") -> str | InputRequiredResult:
    """Ask for a confirmation, then say for whom it was given and for whom it counts."""
    caller = await find_caller(ctx)
    named = await name_organization(caller, organization=organization, session=session, changing=False)
    return answered(ctx, named.handle)


async def close_office(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """The same, for nobody in particular."""
    return answered(ctx, "the office")


def ask_to_close() -> Elicit[Agreed]:
    return Elicit("Close the year?", Agreed)


async def close_month(
    books: ReadableBooks, agreed: Annotated[Agreed, Resolve(ask_to_close)], organization: str = "", session: str = ""
) -> str:
    """The same, as tools with books do it: the question is asked before the tool begins, and does not say for whom."""
    return f"{books.organization.handle}: {agreed.ok}"


def answered(ctx: Context[Any, Any], whom: str) -> str | InputRequiredResult:
    if ctx.request_state is not None:
        return f"{ctx.request_state} counts for {whom}"
    question = ElicitRequest(params=ElicitRequestFormParams(message=f"Close {whom}?", requested_schema=FORM))
    return InputRequiredResult(input_requests={"confirm": question}, request_state=f"Asked for {whom}:")


def equip(server: CounterfoilServer) -> None:
    for tool in (close_year, close_office, close_month):
        server.add_listed(Tool.from_function(tool))


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data", equip=equip) as opened:
        yield opened


async def asked(site: Site, token: str, path: str = "/mcp", tool: str = "close_year", **arguments: Any) -> str:
    """The sealed state of a call that wants a confirmation."""
    result = message_of(await site.modern(path, token, "tools/call", name=tool, arguments=arguments))["result"]
    assert result["resultType"] == "input_required", result
    return str(result["requestState"])


async def confirmed(
    site: Site, token: str, state: str, path: str = "/mcp", tool: str = "close_year", **arguments: Any
) -> str:
    """What the call says that comes again with its confirmation; empty where the state is refused."""
    given = {"confirm": {"action": "accept", "content": {"ok": True}}}
    called: dict[str, Any] = {"name": tool, "arguments": arguments, "requestState": state, "inputResponses": given}
    told = message_of(await site.modern(path, token, "tools/call", **called))
    if "error" in told:
        error = told["error"]
        assert (error["code"], error["message"]) == (-32602, "Invalid or expired requestState")
        assert error["data"] == {"reason": "invalid_request_state"}
        return ""
    return str(told["result"]["content"][0]["text"])


async def test_a_confirmation_counts_where_it_was_asked(home: House) -> None:
    site, made = home.site, home.credentials
    token, key = await made.token(), await made.key(home.finch)
    link = await made.link(home.bakery)
    for secret, path, named, whom in (
        (token, "/mcp", {"organization": BAKERY}, BAKERY),
        (token, f"/mcp/{FINCH}", {}, FINCH),
        (key, "/mcp", {}, FINCH),
        ("", f"/mcp/k/{link}", {}, BAKERY),
    ):
        state = await asked(site, secret, path, **named)
        told = await confirmed(site, secret, state, path, **named)
        assert told == f"Asked for {whom}: counts for {whom}"
    state = await asked(site, token, tool="close_office")
    assert await confirmed(site, token, state, tool="close_office") == "Asked for the office: counts for the office"


async def test_a_confirmation_asked_of_one_principal_is_refused_from_another(home: House) -> None:
    site, made = home.site, home.credentials
    token, key, same_user = await made.token(), await made.key(home.bakery), await made.token()
    stranger = await made.token((await another_practice(home.one))[0].principal.label)
    state = await asked(site, token, f"/mcp/{BAKERY}")
    assert await confirmed(site, key, state, f"/mcp/{BAKERY}") == ""
    assert await confirmed(site, key, state) == ""
    office = await asked(site, token, tool="close_office")
    assert await confirmed(site, stranger, office, tool="close_office") == ""
    assert await confirmed(site, same_user, state, f"/mcp/{BAKERY}") != ""


async def test_a_confirmation_asked_over_one_connection_is_refused_over_another(home: House) -> None:
    site, token = home.site, await home.credentials.token()
    dedicated, practice_wide = await asked(site, token, f"/mcp/{BAKERY}"), await asked(site, token, organization=BAKERY)
    assert await confirmed(site, token, dedicated, f"/mcp/{FINCH}") == ""
    assert await confirmed(site, token, dedicated) == ""
    assert await confirmed(site, token, dedicated, organization=BAKERY) == ""
    assert await confirmed(site, token, practice_wide, f"/mcp/{BAKERY}", organization=BAKERY) == ""


async def test_a_confirmation_asked_for_one_organization_is_refused_for_another(home: House) -> None:
    site, token = home.site, await home.credentials.token()
    state = await asked(site, token, organization=BAKERY)
    assert await confirmed(site, token, state, organization=FINCH) == ""
    async with site.chat(token) as chat:
        session = (await chat.switch(BAKERY))["session"]
        state = await asked(site, token, session=session)
        # The arguments are the same in both rounds: only what the session remembers is not.
        await chat.ok("switch_organization", organization=FINCH, session=session)
        assert await confirmed(site, token, state, session=session) == ""
        await chat.ok("switch_organization", organization=BAKERY, session=session)
        assert await confirmed(site, token, state, session=session) == f"Asked for {BAKERY}: counts for {BAKERY}"


async def test_what_is_asked_before_a_tool_begins_is_bound_alike(home: House) -> None:
    site, token = home.site, await home.credentials.token()
    async with site.chat(token) as chat:
        session = (await chat.switch(BAKERY))["session"]
        body: dict[str, Any] = {"name": "close_month", "arguments": {"session": session}}
        asked = message_of(await modern_that_asks(site, token, body))["result"]
        (key,) = asked["inputRequests"]
        given = {key: {"action": "accept", "content": {"ok": True}}}
        body |= {"requestState": asked["requestState"], "inputResponses": given}
        await chat.ok("switch_organization", organization=FINCH, session=session)
        refused = message_of(await modern_that_asks(site, token, body))
        assert refused["error"]["data"] == {"reason": "invalid_request_state"}
        await chat.ok("switch_organization", organization=BAKERY, session=session)
        told = message_of(await modern_that_asks(site, token, body))["result"]
        assert told["content"][0]["text"] == f"{BAKERY}: True"


async def modern_that_asks(site: Site, token: str, params: dict[str, Any], mode: str = "form") -> httpx2.Response:
    """A call by a client whose user can be asked so: by a form, or on a page."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {mode: {}}},
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params | {"_meta": meta}}
    return await site.send("POST", "/mcp", token, headers=modern_headers("tools/call", params), json=body)


async def test_an_altered_confirmation_is_refused(home: House) -> None:
    site, token = home.site, await home.credentials.token()
    state = await asked(site, token, organization=BAKERY)
    for altered in ("", "v1.", state[:-4] + "AAAA", f'["{home.bakery.id}", "Asked"]', state + "A"):
        assert await confirmed(site, token, altered, organization=BAKERY) == ""
    assert await confirmed(site, token, state, tool="close_office") == ""


async def test_a_confirmation_holds_at_another_process_and_only_as_long_as_the_key_of_the_installation(
    home: House,
) -> None:
    token = await home.credentials.token()
    state = await asked(home.site, token, organization=BAKERY)
    async with site_of(home.one.store, home.one.clock, equip=equip) as second:
        assert await confirmed(second, token, state, organization=BAKERY) != ""
    home.one.store.keys.path.unlink()
    async with open_store(home.one.root) as again, site_of(again, home.one.clock, equip=equip) as third:
        assert await confirmed(third, token, state, organization=BAKERY) == ""
