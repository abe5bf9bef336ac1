"""A server on a stream in this process, spoken to in JSON-RPC as on standard input and output."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from server.eras import serve_stream
from server.protocol import IntroducedServer

MODERN = "2026-07-28"
REVISIONS = ("2025-03-26", "2025-06-18", "2025-11-25", MODERN)
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass(slots=True)
class Stream:
    """One client's end of the stream."""

    sending: MemoryObjectSendStream[SessionMessage | Exception]
    receiving: MemoryObjectReceiveStream[SessionMessage]
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a request, which must be the next message."""
        wanted = next(self.ids)
        await self.send({"jsonrpc": "2.0", "id": wanted, "method": method, "params": params})
        answer: dict[str, Any] = (await self.receiving.receive()).message.model_dump(
            mode="json", by_alias=True, exclude_unset=True
        )
        assert answer["id"] == wanted
        return answer

    async def ask_modern(self, method: str, **params: Any) -> dict[str, Any]:
        """The same in the revision without a handshake."""
        return await self.ask(method, **params, _meta=ENVELOPE)

    async def shake_hands(self, revision: str = "2025-11-25") -> dict[str, Any]:
        info = {"name": "test", "version": "1"}
        answer = await self.ask("initialize", protocolVersion=revision, capabilities={}, clientInfo=info)
        await self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer

    async def send(self, message: dict[str, Any]) -> None:
        await self.sending.send(SessionMessage(jsonrpc_message_adapter.validate_python(message, by_name=False)))


@asynccontextmanager
async def streamed(server: IntroducedServer) -> AsyncIterator[Stream]:
    """A client's end of a stream that the server serves; at the end the input ends, and the server with it."""
    sending, incoming = anyio.create_memory_object_stream[SessionMessage | Exception]()
    outgoing, receiving = anyio.create_memory_object_stream[SessionMessage]()
    async with receiving, anyio.create_task_group() as group:
        # The server that the SDK's own transports serve.
        group.start_soon(serve_stream, server._lowlevel_server, incoming, outgoing)
        async with sending:
            yield Stream(sending, receiving)
