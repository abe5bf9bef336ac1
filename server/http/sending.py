"""What is sent on one connection: how much of it, and whether its reader takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from server.http.limits import Allowance, monotonic_milliseconds

_LOOKS_PER_TIME = 4
"""So many times while a reader may take nothing it is looked whether it has taken something."""


class CountingTransport(asyncio.Transport):
    """A transport that knows how many bytes were written to it; `taken` of them have left this process."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._written = 0

    @property
    def taken(self) -> int:
        return self._written - self._transport.get_write_buffer_size()

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._written += len(data)
        self._transport.write(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()


class Sending:
    """Watches a reader for whom bytes wait: that it takes some now and then, and enough over the whole answer."""

    def __init__(self, allowance: Allowance, transport: CountingTransport, give_up: Callable[[], None]) -> None:
        self._patience_ms = allowance.send_seconds * 1_000
        self._bytes_per_second = allowance.send_bytes_per_second
        self._transport = transport
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
        self._began_ms = self._moved_ms = monotonic_milliseconds()
        self._taken = self._transport.taken
        if answer is not self._answer:
            # What went before the first pause went into buffers on the way, whether or not anybody reads it.
            self._answer, self._waited_ms, self._before = answer, 0, self._taken
        self._later()

    def end(self) -> None:
        """No byte waits any more."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
            self._waited_ms += monotonic_milliseconds() - self._began_ms

    def _later(self) -> None:
        self._look = self._loop.call_later(self._patience_ms / _LOOKS_PER_TIME / 1_000, self._check)

    def _check(self) -> None:
        now, taken = monotonic_milliseconds(), self._transport.taken
        if taken > self._taken:
            self._taken, self._moved_ms = taken, now
        late_ms = self._waited_ms + now - self._began_ms - self._patience_ms
        too_little = (taken - self._before) * 1_000 < late_ms * self._bytes_per_second
        if now - self._moved_ms >= self._patience_ms or too_little:
            self._look = None
            self._give_up()
        else:
            self._later()
