"""In which form a call is answered: as plain JSON, or as an event stream where something may come before the answer."""

from __future__ import annotations

from collections.abc import Callable

import anyio
from mcp.server.streamable_http import check_accept_headers
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from server.http.clients import takes_links
from server.http.connections import line_of
from server.http.gate.state import state_of
from server.http.messages import Message

_JSON, _EVENTS = "application/json", "text/event-stream"


class Forms:
    """Answers with one JSON what tells and asks nothing meanwhile, or what comes from a client that takes nothing else;
    everything else may become an event stream. `streams` says of a tool whether its calls tell or ask something, `asks`
    whether they send the client's user to a page, where the client of the session can.
    """

    def __init__(
        self, *, plain: ASGIApp, streaming: ASGIApp, streams: Callable[[str], bool], asks: Callable[[str], bool]
    ) -> None:
        self._plain = plain
        self._streaming = streaming
        self._streams = streams
        self._asks = asks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = state_of(scope).message
        takes_json, takes_events = check_accept_headers(Request(scope))
        if takes_json and _is_request(scope, message) and not (takes_events and self._may_stream(scope, message)):
            await self._answer_plainly(scope, receive, send)
        elif takes_json:
            await self._streaming(scope if takes_events else _taking_both(scope), receive, send)
        elif takes_events:
            await self._streaming(_taking_both(scope), receive, _AsEvents(send))
        else:
            # Its to refuse.
            await self._streaming(scope, receive, send)

    async def _answer_plainly(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A stream looks by itself whether its client is still there.
        with anyio.CancelScope() as call:
            if (line := line_of(scope)) is not None:
                line.when_left(call.cancel)
            await self._plain(scope, receive, send)

    def _may_stream(self, scope: Scope, message: Message) -> bool:
        return message.wants_progress or self._streams(message.tool) or self._may_ask(scope, message.tool)

    def _may_ask(self, scope: Scope, tool: str) -> bool:
        session = state_of(scope).session
        return session is not None and self._asks(tool) and takes_links(session.client)


def _is_request(scope: Scope, message: Message) -> bool:
    """Whether it is what is answered with a message; what else there is, or is not in order, has one way only."""
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip()
    return message.is_request and media_type == _JSON


def _taking_both(scope: Scope) -> Scope:
    """The SDK wants a client to take both forms, whichever it is answered in."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept"]
    return {**scope, "headers": [*headers, (b"accept", f"{_JSON}, {_EVENTS}".encode())]}


class _AsEvents:
    """Sends an answer in JSON as the one event of a stream."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._wraps = False

    async def __call__(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            headers = MutableHeaders(scope=event)
            self._wraps = event["status"] == 200 and headers.get("content-type", "").startswith(_JSON)
            if self._wraps:
                headers["content-type"] = _EVENTS
                headers["cache-control"] = "no-cache, no-transform"
                del headers["content-length"]
        elif self._wraps:
            # The SDK sends such an answer at once, and in one line.
            event = {**event, "body": b"event: message\r\ndata: " + event["body"] + b"\r\n\r\n"}
        await self._send(event)
