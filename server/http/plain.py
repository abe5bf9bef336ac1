"""Answering a request of a session with one JSON: nothing is told or asked meanwhile, so there is nothing in between.

The SDK's way for these revisions is a transport, a dispatcher and a task for each; `handshake.py` goes it where a call
may talk to its client. This is what remains of it where it may not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import serve_one
from mcp.shared.dispatcher import CallOptions
from mcp.shared.jsonrpc_dispatcher import handler_exception_to_error_data
from mcp.shared.message import MessageMetadata, ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types import DEFAULT_NEGOTIATED_VERSION, INTERNAL_ERROR, ErrorData, RequestId
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from invoicing.refusals import Unavailable
from server.http.clients import capabilities_of
from server.http.gate.state import state_of

_log = logging.getLogger(__name__)
_TRANSPORT = TransportContext(kind="streamable-http", can_send_request=False)


class PlainServer:
    """An ASGI application for requests of a session. `run` is around all of them."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._lifespan: Any

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        async with self._server.lifespan(self._server) as self._lifespan:
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Mapping[str, Any] = state_of(scope).message.content
        answer = {"jsonrpc": "2.0", "id": request["id"], **await self._answer(request, scope)}
        # Half a character has no other form in JSON than the one in which it came.
        said = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
        await Response(said, media_type="application/json")(scope, receive, send)

    async def _answer(self, request: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """The answer's result or error."""
        client = state_of(scope).conversation_of_session.client
        revision = Headers(scope=scope).get("mcp-protocol-version") or client.revision
        connection = Connection.from_envelope(revision or DEFAULT_NEGOTIATED_VERSION, None, capabilities_of(client))
        context = _Context(request["id"], ServerMessageMetadata(request_context=Request(scope)))
        method, params = request["method"], request.get("params")
        try:
            result = await serve_one(
                self._server, context, method, params, connection=connection, lifespan_state=self._lifespan
            )
        except Exception as error:
            return {"error": _data_of(error, method).model_dump(mode="json", exclude_none=True)}
        return {"result": result}


def _data_of(error: Exception, method: str) -> ErrorData:
    known = handler_exception_to_error_data(error)
    if known is None:
        _log.error("%s could not be answered", method, exc_info=error)
    return known or ErrorData(code=INTERNAL_ERROR, message="Internal server error")


@dataclass(slots=True, eq=False)
class _Context:
    """What the SDK hands to a call; there is no way to its client but the answer."""

    request_id: RequestId
    message_metadata: MessageMetadata
    transport: TransportContext = _TRANSPORT
    can_send_request: bool = False
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Nobody hears it: the client takes no event stream."""

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Nor this."""

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        raise Unavailable(
            "This needs an answer in the middle of the call, and the client takes no event stream, on which it could be"
            " asked. Nothing was asked."
        )
