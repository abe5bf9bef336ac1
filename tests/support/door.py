"""The HTTP server as it is, in this process, in front of an application of a test; and raw connections to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from starlette.types import ASGIApp

from server.http.connections import OpenConnections
from server.http.limits import Allowance
from server.http.listening import listen
from server.http.serving import StoppingServer
from tests.support.http import free_port

PATIENCE_SECONDS = 30
"""So long a test waits for what must happen within a second or two."""


@dataclass(slots=True)
class Wire:
    """A raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, sent: bytes) -> None:
        self.writer.write(sent)
        await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """The status and body of one answer that says how long it is."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:-2])
            body = await self.reader.readexactly(int(fields[b"content-length"]))
        return int(head.split(b" ", 2)[1]), body

    async def rest(self) -> bytes:
        """Everything until the server has closed the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def is_open(self) -> bool:
        """Whether the server has neither closed the connection nor said anything, as far as it has arrived."""
        return not self.reader.at_eof()

    def close(self) -> None:
        self.writer.transport.abort()


@dataclass(slots=True)
class Door:
    """A server on loopback."""

    port: int
    connections: OpenConnections
    opened: list[Wire | socket.socket] = field(default_factory=list)

    async def knock(self, sent: bytes = b"") -> Wire:
        """A new connection on which this was sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        wire = Wire(reader, writer)
        self.opened.append(wire)
        if sent:
            await wire.send(sent)
        return wire

    async def is_left(self) -> None:
        """Wait until the server has no connection any more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.connections._places:
                with anyio.move_on_after(0.05):
                    await anyio.sleep_forever()

    async def knock_unread(self, sent: bytes, *, window: int = 4_096) -> socket.socket:
        """A new connection on which this was sent, and from which nobody reads; with a small window."""
        unread = socket.socket()
        self.opened.append(unread)
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        unread.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(unread, ("127.0.0.1", self.port))
        await loop.sock_sendall(unread, sent)
        return unread


@asynccontextmanager
async def door(
    application: ASGIApp, allowance: Allowance, *, connections_max: int = 100, port: int = 0
) -> AsyncIterator[Door]:
    """Serve the application until the test is over, on this port or on any."""
    connections = OpenConnections(allowance, connections_max)
    port = port or free_port()
    listener = listen("127.0.0.1", port)
    server = StoppingServer(application, connections)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    at = Door(port, connections)
    try:
        yield at
    finally:
        for one in at.opened:
            one.close()
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(serving, PATIENCE_SECONDS)


def get(path: str, *headers: str) -> bytes:
    """A whole GET request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: door.example", *headers, "", ""]).encode()
