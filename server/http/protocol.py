"""One connection of the HTTP server, watched: uvicorn leaves whoever sends nothing, half or too slowly alone for good,
and so whoever does not read the answer.
"""

from __future__ import annotations

import asyncio
import http
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from server.http.connections import CONNECTION, OpenConnections
from server.http.framing import StrictConnection
from server.http.limits import Allowance

HEAD_BYTES_MAX = 16_384
_STRANGERS_IDLE_SECONDS = 5
_LOOKS_PER_TIME = 4
"""So many times while a reader may take nothing it is looked whether it has taken something."""


def watched(connections: OpenConnections) -> type[asyncio.Protocol]:
    """What uvicorn makes of each connection."""
    return cast("type[asyncio.Protocol]", partial(WatchedProtocol, connections))


class WatchedProtocol(H11Protocol):
    """Closes a connection whose request does not arrive, or whose answer is not taken, in time. Bytes that trickle
    extend neither time.
    """

    def __init__(
        self,
        connections: OpenConnections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state | {CONNECTION: self._vouch}, _loop)
        self._connections = connections
        self._allowance: Allowance = connections.allowance
        self.conn: StrictConnection = StrictConnection(HEAD_BYTES_MAX)
        self.timeout_keep_alive = min(_STRANGERS_IDLE_SECONDS, self._allowance.idle_seconds)
        self._awaited: tuple[object, str] = (None, "")
        self._deadline: asyncio.TimerHandle | None = None
        self._sending = _Sending(self._allowance, self._delivered, self.drop)

    @property
    def is_busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def drop(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        super().connection_made(transport)
        # So that writing pauses as soon as a byte waits, and goes on when none does: the reader is watched meanwhile.
        transport.set_write_buffer_limits(high=0)
        if self._connections.admit(self, self.client[0] if self.client else ""):
            self._watch_arrival()
        else:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.leave(self)
        self._sending.end()
        self._await_nothing()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_arrival()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_arrival()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._sending.begin(self.loop, self.cycle)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._sending.end()

    def send_400_response(self, msg: str) -> None:
        self._turn_away(http.HTTPStatus.BAD_REQUEST, msg)

    def _vouch(self, principal: str) -> None:
        self._connections.vouch(self, principal)
        self.timeout_keep_alive = self._allowance.idle_seconds

    def _delivered(self) -> int:
        """How many bytes of all answers the reader's side has taken."""
        return self.conn.sent_bytes - self.transport.get_write_buffer_size()

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
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        # Between two requests uvicorn's own time runs, which the first byte of the next one ends.
        cycle: RequestResponseCycle | None = self.cycle
        begun = cycle is None or (cycle.response_complete and bool(self.conn.trailing_data[0]))
        return "head" if self.conn.their_state is h11.IDLE and begun else ""

    def _await_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self._awaited[1] == "head" and not self.conn.trailing_data[0]:
            self.transport.close()
        else:
            self._turn_away(http.HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")

    def _turn_away(self, status: http.HTTPStatus, text: str) -> None:
        """Answer, unless an answer is under way or was given, and close."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None:
            # Whoever serves the request is told that the client has left, and writes no second answer.
            cycle.disconnected = True
            cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            answer: list[Any] = [
                h11.Response(status_code=status, headers=headers, reason=status.phrase),
                h11.Data(data=text.encode()),
                h11.EndOfMessage(),
            ]
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in answer))
        self.transport.close()


class _Sending:
    """Watches a reader for whom bytes wait: that it takes some now and then, and enough over the whole answer."""

    def __init__(self, allowance: Allowance, delivered: Callable[[], int], give_up: Callable[[], None]) -> None:
        self._patience_ms = allowance.send_seconds * 1_000
        self._bytes_per_second = allowance.send_bytes_per_second
        self._delivered = delivered
        self._give_up = give_up
        self._look: asyncio.TimerHandle | None = None
        self._answer: object = None
        # When the present waiting began, and when something was last taken; how long it was waited for this answer
        # before, and how much had been delivered when that first began.
        self._began_ms = self._moved_ms = self._waited_ms = 0
        self._taken = self._before = 0

    def begin(self, loop: asyncio.AbstractEventLoop, answer: object) -> None:
        """Bytes of this answer wait from now on."""
        self._loop = loop
        self._began_ms = self._moved_ms = _now_ms()
        self._taken = self._delivered()
        if answer is not self._answer:
            # What went before the first pause went into buffers on the way, whether or not anybody reads it.
            self._answer, self._waited_ms, self._before = answer, 0, self._taken
        self._later()

    def end(self) -> None:
        """No byte waits any more."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
            self._waited_ms += _now_ms() - self._began_ms

    def _later(self) -> None:
        self._look = self._loop.call_later(self._patience_ms / _LOOKS_PER_TIME / 1_000, self._check)

    def _check(self) -> None:
        now, taken = _now_ms(), self._delivered()
        if taken > self._taken:
            self._taken, self._moved_ms = taken, now
        late_ms = self._waited_ms + now - self._began_ms - self._patience_ms
        too_little = (taken - self._before) * 1_000 < late_ms * self._bytes_per_second
        if now - self._moved_ms >= self._patience_ms or too_little:
            self._look = None
            self._give_up()
        else:
            self._later()


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
