"""One connection of the HTTP server, watched: uvicorn leaves whoever sends nothing, half or too slowly alone for good,
and so whoever does not read the answer.
"""

from __future__ import annotations

import asyncio
import http
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from server.http.connections import CONNECTION, OpenConnections
from server.http.framing import Ambiguous, Awaited, Framing
from server.http.limits import Allowance
from server.http.sending import CountingTransport, Sending

HEAD_BYTES_MAX = 16_384
_STRANGERS_IDLE_SECONDS = 5


class WatchedProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not arrive, or whose answer is not taken, in time. Bytes that trickle
    extend neither time. The parser is given one request after the other, each when the one before is answered.
    """

    def __init__(
        self,
        connections: OpenConnections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        super().__init__(config, server_state, app_state | {CONNECTION: self})
        self._connections = connections
        self._allowance: Allowance = connections.allowance
        self._framing = Framing(HEAD_BYTES_MAX)
        self.cycle: RequestResponseCycle | None = None  # type: ignore[assignment]  # There is none between requests.
        # Of the present request: whether it is the connection's first, and has arrived whole as the parser sees it.
        self._is_first, self._is_whole = True, False
        self._when_left: Callable[[], object] = _nothing
        self.timeout_keep_alive = min(_STRANGERS_IDLE_SECONDS, self._allowance.idle_seconds)
        self._awaited: tuple[object, str] = (None, "")
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def drop(self) -> None:
        self.transport.abort()

    def vouch(self, principal: str) -> None:
        self._connections.vouch(self, principal)
        self.timeout_keep_alive = self._allowance.idle_seconds

    def allow_body(self, seconds: int) -> None:
        if self._awaited == (self.cycle, "body") and self._deadline is not None:
            self._await_nothing()
            self._deadline = self.loop.call_later(seconds, self._too_late)

    def when_left(self, call: Callable[[], object]) -> None:
        self._when_left = call

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        counting = CountingTransport(transport)
        self._sending = Sending(self._allowance, counting, self.drop)
        super().connection_made(counting)
        # So that writing pauses as soon as a byte waits, and goes on when none does: the reader is watched meanwhile.
        transport.set_write_buffer_limits(high=0)
        if self._connections.admit(self, self.client[0] if self.client else ""):
            self._watch_arrival()
        else:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.leave(self)
        if self.is_busy:
            self._when_left()
        self._sending.end()
        self._await_nothing()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._framing.take(data)
        self._go_on()

    def on_header(self, name: bytes, value: bytes) -> None:
        # Blanks around a value are not part of it (RFC 9110, 5.5); llhttp leaves those at its end.
        super().on_header(name, value.strip(b" \t"))

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_whole = True

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._go_on()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._sending.begin(self.loop, self.cycle)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._sending.end()

    def _go_on(self) -> None:
        """Give the parser what has come, as far as it is its turn."""
        try:
            while given := self._next_bytes():
                self._parse(given)
        except (Ambiguous, httptools.HttpParserError):
            self.logger.warning("Invalid HTTP request received.")
            self._turn_away(http.HTTPStatus.BAD_REQUEST, "Invalid HTTP request received.")
            return
        if self._framing.has_more:
            self._unset_keepalive_if_required()
            if self._framing.awaited is Awaited.NOTHING:
                self.flow.pause_reading()
        self._watch_arrival()

    def _next_bytes(self) -> bytes:
        """Of the present request, or of the next one as soon as that is answered."""
        if self._framing.awaited is Awaited.NOTHING and not self.is_busy:
            self._framing.next_request()
            self.cycle, self._is_first, self._is_whole = None, False, False
            self._when_left = _nothing
        return self._framing.give()

    def _parse(self, given: bytes) -> None:
        self.parser.feed_data(given)
        if self._is_whole is not (self._framing.awaited is Awaited.NOTHING):
            raise Ambiguous("the parser takes another length")

    def _watch_arrival(self) -> None:
        """Give what is awaited its time, which begins once."""
        awaited = (self.cycle, self._what_is_awaited())
        if awaited == self._awaited or self.transport.is_closing():
            return
        self._await_nothing()
        self._awaited = awaited
        seconds = {"head": self._allowance.head_seconds, "body": self._allowance.body_seconds}.get(awaited[1])
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._too_late)
        if awaited[1] != "head":
            self._connections.moved(self)

    def _what_is_awaited(self) -> str:
        if self._framing.awaited is Awaited.BODY:
            return "body"
        # Between two requests uvicorn's own time runs, which the first byte of the next one ends.
        begun = self._is_first or self._framing.has_more
        return "head" if self._framing.awaited is Awaited.HEAD and begun else ""

    def _await_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self._awaited[1] == "head" and not self._framing.has_more:
            self.transport.close()
        else:
            self._turn_away(http.HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")

    def _turn_away(self, status: http.HTTPStatus, text: str) -> None:
        """Answer, unless an answer is under way or was given, and close."""
        if self.cycle is not None:
            # Whoever serves the request is told that the client has left, and writes no second answer.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.cycle is None or not self.cycle.response_started:
            lines = (
                f"HTTP/1.1 {status.value} {status.phrase}",
                "content-type: text/plain; charset=utf-8",
                f"content-length: {len(text)}",
                "connection: close",
            )
            self.transport.write("\r\n".join((*lines, "", text)).encode())
        self.transport.close()


def _nothing() -> None:
    """Whoever serves the request need not know that its client has left."""
