"""Connections that come in: a few at a time, and what happens when no file is left for one more.

The event loops differ in that: asyncio's says so in a message of its log and waits a second, uvloop's takes the new
connections in and closes them. So we accept ourselves, on either.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

from server.http.connections import OpenConnections

_log = logging.getLogger(__name__)
# So many connections are taken in at a time, before it is looked which ones must make room; as many as were waiting
# would use up the open files first.
_AT_A_TIME = 16
_WAITING = 1_024
_PAUSE_SECONDS = 1
_COURTESY_SECONDS = 1 / 200
"""So long a process leaves a new connection to others that have fewer, where several accept from one socket."""


class Acceptor:
    """Takes in the connections of one listening socket, until it is closed."""

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol], connections: OpenConnections
    ) -> None:
        listener.setblocking(False)
        listener.listen(_WAITING)
        self._listener = listener
        self._protocol = protocol
        self._connections = connections
        self._accepting = asyncio.create_task(self._accept())

    def close(self) -> None:
        self._accepting.cancel()

    async def wait_closed(self) -> None:
        with suppress(asyncio.CancelledError):
            await self._accepting

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._connections.shares.others_have_fewer:
                await self._is_waiting(loop)
                await asyncio.sleep(_COURTESY_SECONDS)
            taken: list[socket.socket] = []
            try:
                taken.append((await loop.sock_accept(self._listener))[0])
                if len(self._connections.shares.counts) == 1:
                    self._take_waiting(taken)
            except OSError as error:
                # One that can be spared is closed; it is tried again when the pause is over.
                self._connections.make_room()
                _log.error("no connection can be accepted: %s", error)
            connected = (loop.connect_accepted_socket(self._protocol, one) for one in taken)
            await asyncio.gather(*connected, return_exceptions=True)
            if not taken:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _is_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until a connection comes in, and leave it where it is; not everywhere can that be seen."""
        seen = asyncio.Event()
        with suppress(NotImplementedError):
            loop.add_reader(self._listener, seen.set)
            try:
                await seen.wait()
            finally:
                loop.remove_reader(self._listener)

    def _take_waiting(self, taken: list[socket.socket]) -> None:
        """Those that wait already, with the first one."""
        with suppress(BlockingIOError, InterruptedError, ConnectionAbortedError):
            while len(taken) < _AT_A_TIME:
                accepted, _ = self._listener.accept()
                accepted.setblocking(False)
                taken.append(accepted)
