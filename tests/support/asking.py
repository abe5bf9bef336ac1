"""Calls of the handshake era that ask their client back: the tools, and a client that is at one end of the line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
from mcp.server.mcpserver import Context, ElicitationResult
from mcp.server.mcpserver.tools import Tool
from mcp.shared.message import ServerMessageMetadata
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel
from starlette.types import ASGIApp, Message

from server.mcp import CounterfoilServer
from tests.support.http import Site, bearer

REVISION = "2025-11-25"
FORMS: dict[str, Any] = {"elicitation": {"form": {}}}


class Word(BaseModel):
    """What the user is asked for."""

    word: str


async def ask(ctx: Context[Any, Any], question: str = "A word?") -> str:
    """Ask the user for a word."""
    return told(await ctx.elicit(question, Word))


async def ask_twice(ctx: Context[Any, Any]) -> str:
    """Ask the user for two words, one after the other."""
    first = told(await ctx.elicit("First?", Word))
    return f"{first}, {told(await ctx.elicit('Second?', Word))}"


async def ask_both(ctx: Context[Any, Any]) -> str:
    """Ask the user for two words at once."""
    words = await asyncio.gather(*(ctx.elicit(f"{one}?", Word) for one in ("Left", "Right")))
    return ", ".join(told(word) for word in words)


async def open_page(ctx: Context[Any, Any]) -> str:
    """Ask the user to open a page."""
    return (await ctx.elicit_url("Please look", "https://example.com/look", "look-1")).action


async def think(ctx: Context[Any, Any]) -> str:
    """Have the client's model answer."""
    message = SamplingMessage(role="user", content=TextContent(type="text", text="Think"))
    asked = CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=10))
    related = ServerMessageMetadata(related_request_id=ctx.request_id)
    answer = await ctx.session.send_request(asked, CreateMessageResult, metadata=related)
    assert isinstance(answer.content, TextContent)
    return answer.content.text


async def say_revision(ctx: Context[Any, Any]) -> str:
    """Say in which revision the call is served."""
    revision: str = ctx.session.protocol_version
    return revision


def told(answer: ElicitationResult[Word]) -> str:
    return answer.data.word if answer.action == "accept" else answer.action


def equip(server: CounterfoilServer) -> None:
    """Add the tools that ask."""
    for tool in (ask, ask_twice, ask_both, open_page, think, say_revision):
        server.add_listed(Tool.from_function(tool))


class Line:
    """A POST at the application in this process: the events of its answer as they come, and the wish to leave."""

    def __init__(self, app: ASGIApp, path: str, headers: dict[str, str], content: bytes) -> None:
        self._coming: asyncio.Queue[Message] = asyncio.Queue()
        self._going: asyncio.Queue[Message] = asyncio.Queue()
        self._going.put_nowait({"type": "http.request", "body": content, "more_body": False})
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }

        async def serve() -> None:
            await app(scope, self._going.get, self._coming.put)
            self._coming.put_nowait({"type": "ended"})

        self.served = asyncio.create_task(serve())

    async def hear(self) -> dict[str, Any]:
        """The next JSON-RPC message."""
        async with asyncio.timeout(30):
            while (event := await self._coming.get())["type"] != "ended":
                for line in event.get("body", b"").decode().splitlines():
                    if line.startswith("data: {"):
                        message: dict[str, Any] = json.loads(line[6:])
                        return message
        raise EOFError

    async def leave(self) -> None:
        """Hang up, and wait until the server has noticed."""
        self._going.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(self.served, 30)


class Asked:
    """A client in one session, over one connection: it calls, hears questions, and answers them."""

    def __init__(self, site: Site, token: str, path: str, session: str) -> None:
        self.site, self.token, self.path, self.session = site, token, path, session

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": REVISION,
            "Mcp-Session-Id": self.session,
        }

    def call(self, tool: str, request_id: int | str = 1, **arguments: Any) -> Line:
        """Begin a call."""
        assert self.site.app is not None
        params = {"name": tool, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}
        headers = {"host": httpx2.URL(self.site.url).netloc.decode()} | self.headers | bearer(self.token)
        return Line(self.site.app, self.path, headers, json.dumps(body).encode())

    async def post(self, message: dict[str, Any]) -> httpx2.Response:
        """Send a message that is no call."""
        return await self.site.send("POST", self.path, self.token, headers=self.headers, json=message)

    async def reply(self, question: dict[str, Any], word: str) -> httpx2.Response:
        """Answer a question with a word."""
        result = {"action": "accept", "content": {"word": word}}
        return await self.post({"jsonrpc": "2.0", "id": question["id"], "result": result})

    async def end(self) -> httpx2.Response:
        """End the session."""
        return await self.site.send("DELETE", self.path, self.token, headers=self.headers)

    def over(self, **changed: Any) -> Asked:
        """The same, except for what changed."""
        now: dict[str, Any] = {
            "site": self.site,
            "token": self.token,
            "path": self.path,
            "session": self.session,
        } | changed
        return Asked(**now)


async def shake_hands(
    site: Site, token: str, path: str = "/mcp", *, capabilities: object = FORMS, revision: str = REVISION
) -> Asked:
    """Begin a session whose client declares these capabilities."""
    asked: dict[str, Any] = {
        "protocolVersion": revision,
        "capabilities": capabilities,
        "clientInfo": {"name": "test", "version": "1"},
    }
    begun = await site.rpc(path, token, "initialize", **asked)
    assert begun.status_code == 200, begun.text
    return Asked(site, token, path, begun.headers["mcp-session-id"])


def text_of(answer: dict[str, Any]) -> str:
    """The text of a call's result."""
    text: str = answer["result"]["content"][0]["text"]
    return text


@asynccontextmanager
async def waiting(client: Asked, tool: str = "ask", request_id: int | str = 1) -> AsyncIterator[tuple[Line, Any]]:
    """A call that waits for the answer to its question; hung up at the end."""
    line = client.call(tool, request_id)
    try:
        yield line, await line.hear()
    finally:
        with suppress(asyncio.CancelledError):
            await line.leave()
