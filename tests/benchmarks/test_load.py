"""`make bench` survives a busy machine: a lost connection is opened anew, a server that is busy is asked again."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from benchmarks.load import TRIES_MAX, Caller, Job, compare
from benchmarks.office import _port_of

CLOSE = ""
"""In the place of an answer: the connection is closed without one."""


def answer(result: dict[str, object], status: str = "200 OK", *, close: bool = False) -> str:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": result})
    connection = "close" if close else "keep-alive"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {connection}\r\nRetry-After: 0\r\n\r\n{body}"
    )


def refused(code: str) -> dict[str, object]:
    error = {"code": code, "message": "Try again."}
    return {"isError": True, "content": [], "_meta": {"counterfoil/error": error}}


FINE = answer({"structuredContent": {"well": True}})


@dataclass
class Server:
    """Gives one answer after the other, over however many connections."""

    answers: list[str]
    connections: int = 0
    asked: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.append(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await _head(reader):
            length = next(line for line in head.splitlines() if line.lower().startswith("content-length:"))
            await reader.readexactly(int(length.split(":")[1]))
            self.asked += 1
            given = self.answers.pop(0)
            writer.write(given.encode())
            await writer.drain()
            if given == CLOSE or "Connection: close" in given:
                break
            if self.answers and self.answers[0] == IDLE:
                self.answers.pop(0)
                break
        writer.close()
        await writer.wait_closed()
        self.closed.set()


IDLE = "idle"
"""After the answer before it, the connection is closed while nobody asks."""


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""


@asynccontextmanager
async def serving(*answers: str) -> AsyncIterator[tuple[Server, Caller]]:
    server = Server(list(answers))
    async with await asyncio.start_server(server.take, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        caller = Caller(f"http://127.0.0.1:{port}/mcp", "token")
        try:
            yield server, caller
        finally:
            await caller.close()
            await asyncio.gather(*server.serving)


async def test_an_idle_connection_that_the_server_closed_is_opened_anew() -> None:
    async with serving(FINE, IDLE, FINE) as (server, caller):
        assert await caller.call("noop", {}) == {"well": True}
        await server.closed.wait()
        assert await caller.call("noop", {}) == {"well": True}
        assert (server.connections, server.asked) == (2, 2)


async def test_a_connection_that_is_closed_in_the_moment_of_the_next_call_is_opened_anew() -> None:
    """`make bench` ended with RemoteProtocolError: server and client both closed what was idle for five seconds."""
    async with serving(FINE, CLOSE, FINE) as (server, caller):
        assert await caller.call("noop", {}) == {"well": True}
        assert await caller.call("noop", {}) == {"well": True}
        assert (server.connections, server.asked) == (2, 3)


@pytest.mark.parametrize(
    "busy",
    [
        answer({}, "429 Too Many Requests"),
        answer({}, "503 Service Unavailable"),
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
        answer(refused("unavailable")),
    ],
)
async def test_a_server_that_is_busy_is_asked_again(busy: str) -> None:
    async with serving(busy, busy, FINE) as (server, caller):
        assert await caller.call("noop", {}) == {"well": True}
        assert server.asked == 3


@pytest.mark.parametrize(
    "wrong",
    [answer(refused("not_found")), "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"],
)
async def test_what_is_refused_is_not_asked_again(wrong: str) -> None:
    async with serving(wrong, FINE) as (server, caller):
        with pytest.raises(RuntimeError, match="noop: "):
            await caller.call("noop", {})
        assert server.asked == 1


async def test_a_server_that_always_breaks_off_ends_the_run_with_the_reason() -> None:
    async with serving(*[CLOSE] * TRIES_MAX) as (server, caller):
        with pytest.raises(RuntimeError, match="RemoteProtocolError"):
            await caller.call("noop", {})
        assert server.asked == TRIES_MAX


async def test_batches_that_took_no_measurable_processor_time_have_no_ratio_of_it() -> None:
    async with serving(*[FINE] * 100) as (_, caller):
        job = Job(caller, "noop", lambda _: {}, lambda: 0.0)
        compared = await compare(job, job, calls=8, rounds=1)
        assert compared.cpu != compared.cpu
        assert compared.throughput > 0


async def test_a_server_that_ends_before_it_listens_is_told_at_once() -> None:
    command: Sequence[str] = (sys.executable, "-c", "raise SystemExit(3)")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    with pytest.raises(RuntimeError, match="ended before it listened"):
        await _port_of(process)
    assert await process.wait() == 3
