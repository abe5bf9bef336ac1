"""A line to a server that can be cut in the middle of a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Line:
    """Carries what is said between clients and the server's socket, until it is cut."""

    def __init__(self, folder: Path, to: Path) -> None:
        self.folder = folder
        self._to = to / SOCKET
        self._begin = b""
        self._before = False
        self._carried: set[asyncio.Task[None]] = set()

    def cut_at_commit(self, begin: bytes, *, before: bool) -> None:
        """Cut the connection on which a client begins a transaction with these bytes, at its COMMIT: before the server
        hears it, or before its answer.
        """
        self._begin, self._before = begin, before

    def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways."""
        self._carried.add(asyncio.create_task(self._carry(reader, writer)))

    async def ended(self) -> None:
        """All connections have been closed."""
        await asyncio.gather(*self._carried)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._to)
        answers = asyncio.create_task(_passed_on(there, writer))
        begun = False
        try:
            while said := await reader.read(65_536):
                # What took too long is rolled back, and begun anew on another connection.
                begun = b"ROLLBACK" not in said and (begun or bool(self._begin and self._begin in said))
                if not begun or b"COMMIT" not in said:
                    back.write(said)
                    continue
                self._begin = b""
                answers.cancel()
                await asyncio.wait([answers])
                if not self._before:
                    back.write(said)
                    await there.read(1)
                break
        except ConnectionError:
            pass
        finally:
            answers.cancel()
            for end in (writer, back):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the server ends it: then so does the line."""
    with suppress(ConnectionError):
        while said := await reader.read(65_536):
            writer.write(said)
    writer.close()


@asynccontextmanager
async def line_to(server: Path, folder: Path) -> AsyncIterator[Line]:
    """A line to the server whose socket is in this folder; its own socket is in the other one."""
    line = Line(folder, server)
    listening = await asyncio.start_unix_server(line.carry, folder / SOCKET)
    try:
        yield line
    finally:
        listening.close()
        await line.ended()
