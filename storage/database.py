"""One database file in use: transactions run whole, one writer at a time.

A brief transaction runs at once, in the event loop: while it computes, no other call could, and a hop to a thread
costs several times what the transaction does. Its commit waits for the disk: in a thread, unless the disk is quicker
than that. A long transaction runs in a thread, as many at once as there are connections for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import TypeVar

import anyio
import anyio.to_thread
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.completion import to_its_end
from storage.engines import (
    BusyFile,
    DamagedStore,
    GuardedFile,
    Mode,
    Stamp,
    StandingConnection,
    engine_of,
    run_transaction,
)

T = TypeVar("T")

QUICK_COMMIT_NS_MAX = 1_000_000
"""A hop to a thread takes up to about a millisecond of a busy process."""
SLOW_IN_A_ROW_MAX = 3
COMMITS_IN_THREADS = 500


class _Disk:
    """How long commits take. Where the disk is quicker than a hop to a thread, the event loop waits for it itself;
    after several in a row that were not, the next ones go to a thread, and now and then some try again. Single slow
    ones are those that also write the log into the file.
    """

    def __init__(self) -> None:
        self._in_threads = 0
        self._slow_in_a_row = 0

    def is_quick(self) -> bool:
        """Whether the next commit is to be made at once."""
        self._in_threads = max(0, self._in_threads - 1)
        return not self._in_threads

    def timed(self, keep: Callable[[], T]) -> T:
        begun = perf_counter_ns()
        try:
            return keep()
        finally:
            slow = perf_counter_ns() - begun > QUICK_COMMIT_NS_MAX
            self._slow_in_a_row = self._slow_in_a_row + 1 if slow else 0
            if self._slow_in_a_row >= SLOW_IN_A_ROW_MAX:
                self._slow_in_a_row = 0
                self._in_threads = COMMITS_IN_THREADS


class Database:
    """The engines of one file, and the turns that their callers take. A waiting caller costs no thread."""

    def __init__(self, path: Path, stamp: Stamp, *, connections: int) -> None:
        file = GuardedFile(path, stamp)
        self._waiting = engine_of(file, connections=connections)
        # For the event loop, which waits for nobody. The writing one is held while a thread commits.
        self._at_once = {mode: StandingConnection(file, mode) for mode in Mode}
        self._turns = anyio.CapacityLimiter(connections)
        self._writer = anyio.Lock()
        self._disk = _Disk()
        # The turns limit the threads; databases do not wait for each other.
        self._threads = anyio.CapacityLimiter(math.inf)

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work`, which may take long, as one transaction in a thread.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it.
        """
        if mode is Mode.READ:
            return await self._in_thread(mode, work)
        async with self._writer:
            return await self._in_thread(mode, work)

    async def run_briefly(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work`, which finds or changes a few rows by their keys, as one transaction at once.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it. Where another
        process is in the way, the transaction is run anew in a thread, which can wait for it.
        """
        if mode is Mode.READ:
            try:
                return self._at_once[mode].begin(work)()
            except BusyFile:
                return await self._in_thread(mode, work)
        async with self._writer:
            try:
                keep = self._at_once[mode].begin(work)
            except BusyFile:
                return await self._in_thread(mode, work)
            return await self._commit(keep)

    async def write_if_free(self, work: Callable[[Session], object]) -> bool:
        """Run `work` as `run_briefly` does where nobody is in the way and nothing is wrong; whether it was run.

        For what is good to have and never worth an error, such as when something was last used.
        """
        try:
            self._writer.acquire_nowait()
        except anyio.WouldBlock:
            return False
        try:
            await self._commit(self._at_once[Mode.WRITE].begin(work))
        except (Unavailable, DamagedStore):
            return False
        finally:
            self._writer.release()
        return True

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        for connection in self._at_once.values():
            connection.close()
        await to_its_end(anyio.to_thread.run_sync(self._waiting.dispose))

    async def _commit(self, keep: Callable[[], T]) -> T:
        if self._disk.is_quick():
            return self._disk.timed(keep)
        return await to_its_end(anyio.to_thread.run_sync(keep, limiter=self._threads))

    async def _in_thread(self, mode: Mode, work: Callable[[Session], T]) -> T:
        # Waiting for one's turn can be cancelled; what has begun cannot.
        async with self._turns:
            return await to_its_end(
                anyio.to_thread.run_sync(run_transaction, self._waiting, mode, work, limiter=self._threads)
            )
