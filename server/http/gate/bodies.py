"""The body of a request: of limited size, arrived in time, and read as the message that it is."""

from __future__ import annotations

from dataclasses import replace

import anyio
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from server import odd_ids
from server.http import answers
from server.http.gate.state import state_of, with_state
from server.http.limits import Allowance
from server.http.messages import Message
from server.revisions import is_too_old

VERSION_HEADER = "mcp-protocol-version"


class Bodies:
    """Reads the body whole, and hands it on."""

    def __init__(self, application: ASGIApp, allowance: Allowance) -> None:
        self._application = application
        self._allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "DELETE":
            await self._application(scope, receive, send)
            return
        if is_too_old(revision := Headers(scope=scope).get(VERSION_HEADER)):
            raise answers.too_old(None, str(revision))
        body = await self._body(Request(scope, receive))
        message = Message.of(body)
        # Where there are no sessions the SDK itself answers these.
        if has_sessions(scope) and (odd := odd_ids.answer_to(message.content)) is not None:
            raise answers.refused_request(odd)
        known = replace(state_of(scope), message=message)
        await self._application(with_state(scope, known), _replayed(body, receive), send)

    async def _body(self, request: Request) -> bytes:
        chunks, size = [], 0
        with anyio.move_on_after(self._allowance.body_seconds) as limit:
            async for chunk in request.stream():
                size += len(chunk)
                if size > self._allowance.body_bytes:
                    raise answers.too_large(self._allowance.body_bytes)
                chunks.append(chunk)
        if limit.cancelled_caught:
            raise answers.too_slow()
        return b"".join(chunks)


def has_sessions(scope: Scope) -> bool:
    """Whether the request's revision has sessions. One that nobody knows is the MCP server's to refuse: it says which
    ones there are.
    """
    return Headers(scope=scope).get(VERSION_HEADER, LATEST_HANDSHAKE_VERSION) in HANDSHAKE_PROTOCOL_VERSIONS


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Event:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
