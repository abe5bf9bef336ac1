"""One database file in use: transactions run whole, one writer at a time.

A transaction that takes a moment runs in the event loop: while it computes, no other call could, and a hop to a thread
costs several times what it does. Its commit waits for the disk: in a thread, unless the disk is quicker than that. One
that takes longer runs in a thread, as many at once as there are connections for them.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.faults.errors import UNREADABLE_ROW
from storage.sqlite.connections import FileConnection
from storage.sqlite.engines import (
    BusyFile,
    GuardedFile,
    LongLivedConnection,
    Mode,
    Stamp,
    engine_of,
    run_transaction,
)
from storage.sqlite.writing import Writer
from storage.work.budget import TooLong
from storage.work.completion import to_its_end, to_its_end_or_stopped
from storage.work.stopping import Stop

if TYPE_CHECKING:
    from storage.sqlite.snapshots import Snapshot

T = TypeVar("T")


class Database:
    """The engines of one file, and the turns that their callers take. A waiting caller costs no thread."""

    def __init__(self, path: Path, stamp: Stamp, *, connections: int) -> None:
        self._file = file = GuardedFile(path, stamp)
        self._waiting = engine_of(file, connections=connections)
        # For the event loop, which waits for nobody.
        self._at_once = {mode: LongLivedConnection(file, mode) for mode in Mode}
        self._writer = Writer(self._at_once[Mode.WRITE])
        self._keeper: FileConnection | None = None
        self._turns = anyio.CapacityLimiter(connections)
        # The turns limit the threads; databases do not wait for each other.
        self._threads = anyio.CapacityLimiter(math.inf)

    @property
    def has_fault(self) -> bool:
        """Whether something is known to be wrong with the file; it is not looked at again."""
        return self._file.has_fault

    @property
    def is_intact(self) -> bool:
        """Whether nothing is known to be wrong with the file, as far as can be seen from outside."""
        return self._file.is_intact

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction: in the event loop, or where that takes too long, anew in a thread."""
        try:
            return await self.run_at_once(mode, work)
        except TooLong:
            return await self.run_in_thread(mode, work)

    async def run_in_thread(self, mode: Mode, work: Callable[[Session], T], *, stoppable: bool = False) -> T:
        """Run `work` as one transaction in a thread.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it. One that reads, or is
        `stoppable`, ends soon then, and nothing of it is kept.
        """
        return await self._run(mode, work, Stop() if stoppable or mode is Mode.READ else None)

    async def run_at_once(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction in the event loop.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it. Where another
        process is in the way, a thread waits for it, and one that only reads is run anew there.

        Raises:
            TooLong: it takes too long for the event loop; nothing of it is kept.
        """
        await self._look_after()
        try:
            if mode is Mode.WRITE:
                return await self._writer.run(work)
            try:
                return self._read(work)
            except BusyFile:
                return await self._run(mode, work, None)
        except UNREADABLE_ROW:
            await self._look_anew()
            raise

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """A reading transaction that takes long: its rows are awaited, a page at a time."""
        # Loading it takes longer than a whole start may be delayed by, and most programs never need it.
        from storage.sqlite.snapshots import open_snapshot

        await self._look_after()
        # On a connection of its own, so that no writer waits for it.
        async with open_snapshot(self._file) as snapshot:
            yield snapshot

    async def write_if_free(self, work: Callable[[Session], object]) -> bool:
        """Run `work` as `run_at_once` does where nobody is in the way and nothing is wrong; whether it was run.

        For what is good to have and never worth an error, such as when something was last used.
        """
        try:
            await self._look_after()
            return await self._writer.run_if_free(work)
        except (Unavailable, TooLong):
            return False

    def rest(self) -> None:
        """Give back the memory of the connections, which are opened anew when they are needed; the file stays open, and
        what is known of it stays known. Nothing may be under way.
        """
        if self._keeper is None:
            with suppress(Unavailable):
                self._keeper = self._file.keep_open()
        if self._keeper is not None:
            self._close_at_once()
            if isinstance(self._waiting.pool, QueuePool) and self._waiting.pool.checkedin():
                self._waiting.dispose()

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        self._close_at_once()
        await to_its_end(anyio.to_thread.run_sync(self._waiting.dispose))
        if self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            await to_its_end(anyio.to_thread.run_sync(keeper.close))

    def _close_at_once(self) -> None:
        for connection in self._at_once.values():
            connection.close()

    async def _look_after(self) -> None:
        """Look through the file where that was not done yet, or where somebody else may have changed it since."""
        if not self._file.is_as_seen:
            await to_its_end(anyio.to_thread.run_sync(self._file.examine, limiter=self._threads))

    async def _look_anew(self) -> None:
        """Rows that cannot be read are a defect of ours, or the work of somebody else: then the file may tell."""
        await to_its_end(anyio.to_thread.run_sync(partial(self._file.examine, anew=True), limiter=self._threads))

    def _read(self, work: Callable[[Session], T]) -> T:
        connection = self._at_once[Mode.READ]
        result = connection.begin(work)
        connection.commit()
        return result

    async def _run(self, mode: Mode, work: Callable[[Session], T], stop: Stop | None) -> T:
        await self._look_after()
        try:
            if mode is Mode.READ:
                return await self._in_thread(mode, work, stop)
            async with self._writer.turn:
                return await self._in_thread(mode, work, stop)
        except UNREADABLE_ROW:
            await self._look_anew()
            raise

    async def _in_thread(self, mode: Mode, work: Callable[[Session], T], stop: Stop | None) -> T:
        watched = work if stop is None else partial(stop.watched, work)
        # Waiting for one's turn can be cancelled; what has begun ends by itself, or soon after that is wished.
        async with self._turns:
            act = anyio.to_thread.run_sync(run_transaction, self._waiting, mode, watched, limiter=self._threads)
            return await (to_its_end(act) if stop is None else to_its_end_or_stopped(act, stop.wish))
