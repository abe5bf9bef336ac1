"""In which protocol era a stream is served: that of the first message which says so, and no other's.

The SDK takes the first request for that, whatever it is. But a client may ask first what there is (`server/discover`),
give up waiting for the answer, and shake hands; or name a revision that nobody serves, be told so, and shake hands. So
each request that decides nothing is answered as if it came alone, and the next one is looked at.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol

import anyio
from mcp.server.lowlevel import Server
from mcp.server.runner import serve_dual_era_loop
from mcp.shared.inbound import InboundModernRoute, classify_inbound_request
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCRequest


class Incoming(Protocol):
    """What a transport gives to read messages from."""

    async def receive(self) -> SessionMessage | Exception: ...
    async def aclose(self) -> None: ...


class Outgoing(Protocol):
    """What a transport gives to write messages to."""

    async def send(self, item: SessionMessage, /) -> None: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Any: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...


async def serve_stream(server: Server[Any], incoming: Incoming, outgoing: Outgoing) -> None:
    """Serve one client until `incoming` ends. Both streams are closed then."""
    async with server.lifespan(server) as state:
        await _serve(server, state, _DecidingStream(server, state, incoming, outgoing), outgoing)


async def _serve(server: Server[Any], state: Any, incoming: Any, outgoing: Any) -> None:
    options = server.create_initialization_options()
    await serve_dual_era_loop(server, incoming, outgoing, lifespan_state=state, init_options=options)


def _decides(request: JSONRPCRequest) -> bool:
    """Whether the request belongs to one era and will be taken in it."""
    if request.method == "initialize":
        return True
    route = classify_inbound_request({"method": request.method, "params": request.params})
    return isinstance(route, InboundModernRoute) and request.method != "server/discover"


class _DecidingStream:
    """The incoming messages from the one on that decides the era, and the notifications before it."""

    def __init__(self, server: Server[Any], state: Any, incoming: Incoming, outgoing: Outgoing) -> None:
        self._server = server
        self._state = state
        self._incoming = incoming
        self._outgoing = outgoing
        self._decided = False

    async def receive(self) -> SessionMessage | Exception:
        while True:
            item = await self._incoming.receive()
            if self._decided or not isinstance(item, SessionMessage) or not isinstance(item.message, JSONRPCRequest):
                return item
            self._decided = _decides(item.message)
            if self._decided:
                return item
            await self._answer_alone(item)

    async def _answer_alone(self, question: SessionMessage) -> None:
        """Answer a request as a connection of its own would. The SDK serves what is on this stream only afterwards."""
        asking, asked = anyio.create_memory_object_stream[SessionMessage | Exception](1)
        answering, answered = anyio.create_memory_object_stream[SessionMessage](1)
        async with asking, answered, anyio.create_task_group() as group:
            group.start_soon(_serve, self._server, self._state, asked, answering)
            await asking.send(question)
            await self._outgoing.send(await answered.receive())
            # Only what was answered may end: the end of its stream would cut an answer short.
            asking.close()

    async def aclose(self) -> None:
        await self._incoming.aclose()

    def __aiter__(self) -> _DecidingStream:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> _DecidingStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
