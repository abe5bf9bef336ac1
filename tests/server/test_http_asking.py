"""The SDK's client asked in the middle of a call, by a real server process, which also stops meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolResult,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitResult,
    TextContent,
)

from tests.support.asking import shake_hands
from tests.support.assistant import text_of
from tests.support.http import BAKERY, ROOT, Credentials, RealServer, Site, message_of, real_server
from tests.support.practice import practice
from tests.support.stores import environment

STOP_SECONDS = 10
"""A server that stops has 20 seconds before what is under way is broken off."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server process with tools that ask, and the secret link of a connection to it."""

    server: RealServer
    link: str

    @asynccontextmanager
    async def client(self, **answering: Any) -> AsyncIterator[Client]:
        """The SDK's client after a handshake; `answering` are its callbacks."""
        async with (
            self.server.site.http() as http,
            Client(streamable_http_client(self.link, http_client=http), mode="legacy", **answering) as client,
        ):
            yield client


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    command = (sys.executable, "-m", "tests.conformance.server", str(tmp_path / "data"))
    said = tmp_path / "said.txt"
    with said.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=os.environ | environment(tmp_path / "data"),
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        assert line, said.read_text("utf-8")
        urls = json.loads(line)
        yield Served(RealServer(Site(urls["link"].partition("/mcp")[0]), process, said), urls["link"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def call(client: Client, tool: str, **arguments: Any) -> CallToolResult:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    return result


ANSWERS = {
    'action=accept, content={"response":"blue"}': ElicitResult(action="accept", content={"response": "blue"}),
    "action=decline, content={}": ElicitResult(action="decline"),
    "action=cancel, content={}": ElicitResult(action="cancel"),
}


async def test_the_client_accepts_declines_and_cancels(served: Served) -> None:
    seen: list[str] = []
    answer = ElicitResult(action="cancel")

    async def fill_in(_: Any, params: Any) -> ElicitResult:
        seen.append(params.message)
        return answer

    async with served.client(elicitation_callback=fill_in) as client:
        for told, answer in ANSWERS.items():  # The client's callback answers it.
            assert text_of(await call(client, "test_elicitation", message="Colour?")) == f"User response: {told}"
            # What asks before the tool begins goes the same way.
            asked_before = await call(client, "test_streaming_elicitation")
            assert text_of(asked_before) == f"elicitation {answer.action}"
    assert seen == ["Colour?", "A word, please"] * 3
    await served.server.stop()


async def test_a_client_that_takes_no_forms_is_told_so_at_once(served: Served) -> None:
    async with served.client() as client:
        refused = await call(client, "test_elicitation", message="Colour?")
        assert refused.is_error
        assert text_of(refused).startswith("unavailable: This needs an answer in the middle of the call")
        with pytest.raises(MCPError) as raised:
            await call(client, "test_streaming_elicitation")
    assert raised.value.code == MISSING_REQUIRED_CLIENT_CAPABILITY


async def test_the_client_has_its_model_answer(served: Served) -> None:
    async def think(_: Any, params: CreateMessageRequestParams) -> CreateMessageResult:
        return CreateMessageResult(role="assistant", content=TextContent(type="text", text="Paris"), model="test")

    async with served.client(sampling_callback=think) as client:
        assert text_of(await call(client, "test_sampling", prompt="Capital?")) == "LLM response: Paris"


async def test_two_calls_at_once_get_each_its_own_answer(served: Served) -> None:
    both = asyncio.Barrier(2)

    async def fill_in(_: Any, params: Any) -> ElicitResult:
        await both.wait()
        return ElicitResult(action="accept", content={"response": f"to {params.message}"})

    async with served.client(elicitation_callback=fill_in) as client:
        asked = (call(client, "test_elicitation", message=name) for name in ("one", "two"))
        left, right = [text_of(result) for result in await asyncio.gather(*asked)]
    assert ("to one" in left, "to two" in right) == (True, True)


async def test_a_server_that_stops_does_not_wait_for_users(served: Served) -> None:
    asked, withdrawn = asyncio.Event(), asyncio.Event()

    async def think_about_it(_: Any, params: Any) -> ElicitResult:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            withdrawn.set()
        raise AssertionError

    async with served.client(elicitation_callback=think_about_it) as client:
        waiting = asyncio.create_task(call(client, "test_elicitation", message="Colour?"))
        async with asyncio.timeout(STOP_SECONDS):
            await asked.wait()
            served.server.process.terminate()
            told = text_of(await waiting)
            await withdrawn.wait()
            assert await served.server.process.wait() == 0
    assert told.startswith("unavailable: The server is stopping. The question was withdrawn")
    assert served.server.said.read_text("utf-8") == ""


async def test_a_call_under_way_is_finished_before_the_server_stops(tmp_path: Path) -> None:
    """Regression: event streams, and with them all calls after a handshake, were broken off by the signal."""
    data = tmp_path / "data"
    async with practice(data) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        for _ in range(30):
            await one.issue(books, customer)
        token = await Credentials.of(one).token()
    async with real_server(data) as server:
        client = await shake_hands(server.site, token, f"/mcp/{BAKERY}")
        params = {"name": "export_documents", "arguments": {"format": "pdf"}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        async with (
            server.site.http(token) as http,
            http.stream("POST", f"/mcp/{BAKERY}", headers=client.headers, json=body) as answer,
        ):
            server.process.terminate()
            text = b"".join([chunk async for chunk in answer.aiter_bytes()])
        told = message_of(httpx2.Response(200, headers=answer.headers, content=text))
        assert told["result"]["structuredContent"]["count"] == 30
        assert await asyncio.wait_for(server.process.wait(), STOP_SECONDS) == 0
    assert "Traceback" not in server.said.read_text("utf-8")
