"""A stranger without a credential, and a client with an API key, who do their worst at fixed rates for so many seconds.

Each is a process of its own with the least priority, so that it is the server that is tried and not the machine.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from PIL import Image

from benchmarks.load import Caller

SILENT_HELD, UNREAD_HELD = 750, 250
LOGO_PIXELS = (4_000, 2_000)
PERIODS = 240
_UNDER_WAY_MAX = 16
_SMUGGLED = (
    b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
)
_GARBAGE = b"\x16\x03\x01 nonsense\r\n\r\n"
_HALF = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "

Act = Callable[[int], Awaitable[None]]


async def at_rate(per_second: int, seconds: int, act: Act) -> None:
    """Begin the act so many times a second, whether or not it has ended; where too many are under way, leave it out."""
    began, under_way = time.monotonic(), set[asyncio.Task[None]]()
    for number in range(per_second * seconds):
        await asyncio.sleep(max(0, began + number / per_second - time.monotonic()))
        if len(under_way) < _UNDER_WAY_MAX:
            task = asyncio.ensure_future(_whatever_comes(act, number))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
    for task in under_way:
        task.cancel()


async def _whatever_comes(act: Act, number: int) -> None:
    with suppress(Exception):
        await asyncio.wait_for(act(number), 60)


class Held:
    """Connections that are held open and never read, the oldest of them given up for new ones."""

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._count = count
        self._open: deque[socket.socket] = deque()

    async def open(self, sent: bytes) -> None:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.setblocking(False)
        self._open.append(one)
        if len(self._open) > self._count:
            self._open.popleft().close()
        loop = asyncio.get_running_loop()
        await loop.sock_connect(one, ("127.0.0.1", self._port))
        await loop.sock_sendall(one, sent)


async def stranger(port: int, seconds: int) -> None:
    silent = Held(port, SILENT_HELD)

    async def be_silent(number: int) -> None:
        await silent.open(_HALF if number % 2 else b"")

    async def send_odd(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_GARBAGE if number % 2 else _SMUGGLED)
            await reader.read()
        finally:
            writer.transport.abort()

    await asyncio.gather(at_rate(50, seconds, be_silent), at_rate(20, seconds, send_odd))


async def client_with_a_key(port: int, seconds: int, key: str) -> None:
    caller = Caller(f"http://127.0.0.1:{port}/mcp", key)
    unread = Held(port, UNREAD_HELD)
    picture = io.BytesIO()
    Image.effect_noise((40, 20), 90).resize(LOGO_PIXELS, Image.Resampling.NEAREST).convert("RGB").save(picture, "PNG")
    logo = base64.b64encode(picture.getvalue()).decode()

    async def send_logo(_: int) -> None:
        await caller.call("update_organization", {"logo": logo})

    async def export(number: int) -> None:
        period = f"{2007 + number % PERIODS // 12}-{number % PERIODS % 12 + 1:02}"
        wanted = {"format": "xlsx", "issued_from": f"{period}-01", "issued_to": f"{period}-28"}
        await caller.call("export_documents", wanted)

    async def download(_: int) -> None:
        made = await caller.call("export_documents", {"format": "json"})
        path = urlsplit(made["link"]).path
        await unread.open(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())

    await asyncio.gather(at_rate(2, seconds, send_logo), at_rate(8, seconds, export), at_rate(4, seconds, download))
    await caller.close()


if __name__ == "__main__":
    os.nice(19)
    who, at, so_long, *secret = sys.argv[1:]
    if who == "stranger":
        asyncio.run(stranger(int(at), int(so_long)))
    else:
        asyncio.run(client_with_a_key(int(at), int(so_long), *secret))
