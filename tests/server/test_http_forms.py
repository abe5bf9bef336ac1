"""A call is answered with one JSON where nothing comes before the answer, else by an event stream; what a client takes
decides too. The answer is the same in each form.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.tools import Tool
from starlette.types import Receive, Scope, Send

from server.http.forms import Forms
from server.http.gate.state import RequestState, with_state
from server.http.limits import Allowance
from server.http.messages import Message
from server.mcp import CounterfoilServer
from tests.support.door import PATIENCE_SECONDS, door
from tests.support.http import BAKERY, LEGACY, MODERN, House, house, message_of, modern_headers
from tools.catalog import CATALOG

BOTH, JSON, EVENTS = "application/json, text/event-stream", "application/json", "text/event-stream"
PROGRESS = {"progressToken": "p"}


async def counting(context: Context[Any, Any]) -> str:
    """Reports, asks, and says whether it could."""
    await context.report_progress(1, 2, "half of it")
    return "done"


async def odd() -> str:
    """Answers with half a character."""
    return "\ud83d"


def equip(server: CounterfoilServer) -> None:
    server.add_listed(Tool.from_function(counting))
    server.add_listed(Tool.from_function(odd), streams=False)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data", equip=equip) as one:
        yield one


class Desk:
    """Sends requests in one era, as a client that takes these forms."""

    def __init__(self, home: House, token: str, era: str, accept: str = BOTH) -> None:
        self._home, self._token, self._era, self._accept = home, token, era, accept
        self._session: dict[str, str] = {}

    async def ask(self, method: str, meta: dict[str, Any] | None = None, **params: Any) -> tuple[str, dict[str, Any]]:
        """The media type of the answer and the message, its last one."""
        envelope: dict[str, Any] = {}
        headers = {"MCP-Protocol-Version": LEGACY}
        if self._era == MODERN:
            client = {"name": "test", "version": "1"}
            names = ("protocolVersion", "clientInfo", "clientCapabilities")
            envelope = {
                f"io.modelcontextprotocol/{one}": value for one, value in zip(names, (MODERN, client, {}), strict=True)
            }
            headers = modern_headers(method, params)
        sent = params | ({"_meta": envelope | (meta or {})} if envelope or meta else {})
        body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": sent}
        headers |= {"Accept": self._accept, **self._session}
        answer = await self._home.site.send("POST", "/mcp", self._token, headers=headers, json=body)
        assert answer.status_code == 200, answer.text
        if "mcp-session-id" in answer.headers:
            self._session = {"Mcp-Session-Id": answer.headers["mcp-session-id"]}
        return answer.headers["content-type"].partition(";")[0], message_of(answer)

    async def begin(self) -> Desk:
        if self._era == LEGACY:
            about: dict[str, Any] = {"capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
            await self.ask("initialize", protocolVersion=LEGACY, **about)
            note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
            headers = {"Accept": self._accept, **self._session}
            told = await self._home.site.send("POST", "/mcp", self._token, headers=headers, json=note)
            assert told.status_code == 202
        return self


async def desk(home: House, era: str, accept: str = BOTH) -> Desk:
    return await Desk(home, await home.credentials.token(), era, accept).begin()


def called(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "arguments": arguments}


FIND = called("find_customers", organization=BAKERY)
EXPORT = called("export_documents", organization=BAKERY, format="csv")


@pytest.mark.parametrize("era", [LEGACY, MODERN])
async def test_a_call_that_says_nothing_meanwhile_is_answered_with_one_json(home: House, era: str) -> None:
    at = await desk(home, era)
    for method, params in (("tools/call", FIND), ("tools/call", called("nothing")), ("tools/list", {})):
        form, message = await at.ask(method, **params)
        assert (form, message["id"], "result" in message) == (JSON, 7, True)


@pytest.mark.parametrize("era", [LEGACY, MODERN])
async def test_a_call_that_reports_is_answered_by_a_stream_where_the_client_wants_progress(
    home: House, era: str
) -> None:
    at = await desk(home, era)
    form, message = await at.ask("tools/call", PROGRESS, **called("counting"))
    assert (form, message["result"]["content"][0]["text"]) == (EVENTS, "done")


async def test_where_there_are_sessions_the_same_answer_comes_in_either_form(home: House) -> None:
    at = await desk(home, LEGACY)
    asked = [("tools/call", FIND), ("tools/call", called("nothing")), ("tools/call", called("get_invoice"))]
    asked += [("tools/list", {}), ("ping", {}), ("nothing", {}), ("resources/read", {"uri": "invoice://none"})]
    for method, params in asked:
        plain, streamed = await at.ask(method, **params), await at.ask(method, PROGRESS, **params)
        assert (plain[0], streamed[0]) == (JSON, EVENTS)
        assert plain[1] == streamed[1], method


@pytest.mark.parametrize("era", [LEGACY, MODERN])
async def test_a_client_that_takes_only_json_gets_that(home: House, era: str) -> None:
    at = await desk(home, era, JSON)
    for params in (FIND, EXPORT, called("counting")):
        form, message = await at.ask("tools/call", PROGRESS, **params)
        assert (form, message["result"].get("isError", False)) == (JSON, False)


@pytest.mark.parametrize("era", [LEGACY, MODERN])
async def test_a_client_that_takes_only_event_streams_gets_that(home: House, era: str) -> None:
    at = await desk(home, era, EVENTS)
    for params in (FIND, EXPORT):
        form, message = await at.ask("tools/call", **params)
        assert (form, message["id"], message["result"].get("isError", False)) == (EVENTS, 7, False)


@pytest.mark.parametrize("era", [LEGACY, MODERN])
async def test_half_a_character_in_an_answer_is_no_defect(home: House, era: str) -> None:
    form, message = await (await desk(home, era)).ask("tools/call", **called("odd"))
    assert (form, message["id"]) == (JSON, 7)


def test_a_tool_that_has_its_calls_context_says_that_it_streams() -> None:
    # Whoever has it can report; whoever only asks may leave that to what is resolved before.
    having = {one.name for one in CATALOG if one.for_practice().context_kwarg}
    assert {one.name for one in CATALOG if one.streams} <= having
    assert having <= {one.name for one in CATALOG if one.streams or one.asks}


async def test_a_plain_call_ends_when_its_client_leaves() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    forms = Forms(plain=endless, streaming=endless, streams=lambda _: False, asks=lambda _: False)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await forms(with_state(scope, RequestState(message=Message.of(body))), receive, send)

    fields = ("Host: door", f"Accept: {BOTH}", f"Content-Type: {JSON}", f"Content-Length: {len(body)}")
    head = "\r\n".join(("POST / HTTP/1.1", *fields, "", ""))
    async with door(application, Allowance()) as at:
        wire = await at.knock(head.encode() + body)
        await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
        wire.close()
        await asyncio.wait_for(ended.wait(), PATIENCE_SECONDS)
