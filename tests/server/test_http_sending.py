"""Whoever does not read an answer loses the connection; whoever reads slowly but steadily does not.

F4: 250 downloads that nobody read never ended, each with its connection and its open file.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import anyio
import pytest
from anyio.lowlevel import checkpoint
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from server.http.limits import Allowance, Transfers
from tests.support.door import PATIENCE_SECONDS, door, get

STRICT = Allowance(send_seconds=1, send_bytes_per_second=1_000_000, idle_seconds=60)
PIECE = b"a" * 65_536
LONG = 64 * 1_048_576
PAUSE = LONG // 4


@dataclass(slots=True)
class Answering:
    """Answers at length, in one of several ways, and tells when an answer has ended."""

    ended: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = scope["path"].strip("/")
        try:
            match way:
                case "at-once":
                    await PlainTextResponse(b"a" * LONG)(scope, receive, send)
                case "events":
                    await StreamingResponse(self._events(), media_type="text/event-stream")(scope, receive, send)
                case "slow":
                    await StreamingResponse(self._slow(), media_type="text/event-stream")(scope, receive, send)
                case _:
                    length = {"Content-Length": str(LONG)}
                    await StreamingResponse(self._pieces(), headers=length)(scope, receive, send)
        finally:
            self.ended.put_nowait(way)

    async def _pieces(self) -> AsyncIterator[bytes]:
        for _ in range(LONG // len(PIECE)):
            yield PIECE
            await checkpoint()

    async def _events(self) -> AsyncIterator[bytes]:
        while True:
            yield b"data: " + PIECE + b"\n\n"
            await checkpoint()

    async def _slow(self) -> AsyncIterator[bytes]:
        """A call that says little for longer than a reader may take nothing."""
        for _ in range(8):
            yield b"data: still at it\n\n"
            with anyio.move_on_after(0.4):
                await anyio.sleep_forever()


async def gone(unread: socket.socket) -> bool:
    """Whether the server has broken off an answer, read to its end now."""
    loop = asyncio.get_running_loop()
    size = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            while piece := await loop.sock_recv(unread, 1_048_576):
                size += len(piece)
        except ConnectionResetError:
            return True
    return size < LONG


@pytest.mark.parametrize("way", ["pieces", "at-once", "events"])
async def test_an_answer_that_nobody_reads_is_broken_off(way: str) -> None:
    app = Answering()
    async with door(app, STRICT) as at:
        unread = [await at.knock_unread(get(f"/{way}")) for _ in range(5)]
        for _ in unread:
            assert await asyncio.wait_for(app.ended.get(), PATIENCE_SECONDS) == way
        await at.is_left()
        for one in unread:
            assert await gone(one)


@pytest.mark.parametrize("way", ["pieces", "at-once"])
async def test_an_answer_that_is_read_too_slowly_is_broken_off(way: str) -> None:
    # Something is taken all the time, so it is the rate over the whole that ends it.
    app = Answering()
    async with door(app, STRICT) as at:
        slow = await at.knock_unread(get(f"/{way}"), window=65_536)
        ended = asyncio.create_task(app.ended.get())
        loop = asyncio.get_running_loop()
        taken = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not ended.done():
                taken += len(await loop.sock_recv(slow, 20_000))
                await asyncio.wait({ended}, timeout=0.1)
    assert 0 < taken < LONG


async def test_an_answer_that_is_read_slowly_but_steadily_arrives_whole() -> None:
    app = Answering()
    async with door(app, Allowance(send_seconds=2, send_bytes_per_second=10_000)) as at:
        wire = await at.knock(get("/pieces", "Connection: close"))
        size = 0
        async with asyncio.timeout(60):
            while piece := await wire.reader.read(1_048_576):
                size += len(piece)
                # A pause now and then is no standstill.
                if size // PAUSE != (size - len(piece)) // PAUSE:
                    with anyio.move_on_after(0.5):
                        await anyio.sleep_forever()
    assert size > LONG


async def test_a_call_that_says_little_for_long_is_not_broken_off() -> None:
    app = Answering()
    async with door(app, STRICT) as at:
        wire = await at.knock(get("/slow", "Connection: close"))
        assert (await wire.rest()).count(b"still at it") == 8


async def test_what_was_not_read_before_does_not_count_against_the_next_answer() -> None:
    app = Answering()
    async with door(app, STRICT) as at:
        wire = await at.knock()
        for _ in range(3):
            await wire.send(get("/pieces"))
            status, body = await wire.answer()
            assert (status, len(body)) == (200, LONG)


def test_so_many_files_are_sent_at_once_to_each_and_in_all() -> None:
    turns = Transfers(at_once=3, each=2)
    with turns.turn("usr_1") as first, turns.turn("usr_1") as second, turns.turn("usr_1") as third:
        assert (first, second, third) == (True, True, False)
        with turns.turn("usr_2") as theirs, turns.turn("usr_3") as too_many:
            assert (theirs, too_many) == (True, False)
    with turns.turn("usr_3") as again:
        assert again
    assert not turns._of
