"""The one writer of a file: transactions take turns, each with a commit of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter_ns
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import cancel_shielded_checkpoint
from sqlmodel import Session

from storage.sqlite.engines import BusyFile, LongLivedConnection
from storage.work.completion import to_its_end

T = TypeVar("T")
Work = Callable[[Session], T]

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

    @property
    def is_quick(self) -> bool:
        """Whether the next commit is to be made at once."""
        return not self._in_threads

    def waited_for(self) -> None:
        """A commit was made in a thread."""
        self._in_threads -= 1

    def timed(self, commit: Callable[[], None]) -> None:
        begun = perf_counter_ns()
        try:
            commit()
        finally:
            slow = perf_counter_ns() - begun > QUICK_COMMIT_NS_MAX
            self._slow_in_a_row = self._slow_in_a_row + 1 if slow else 0
            if self._slow_in_a_row >= SLOW_IN_A_ROW_MAX:
                self._slow_in_a_row = 0
                self._in_threads = COMMITS_IN_THREADS


class Writer:
    """Runs brief writing transactions in the event loop, on a connection that waits for nobody but in a thread."""

    def __init__(self, connection: LongLivedConnection) -> None:
        self._connection = connection
        self._turn = anyio.Lock(fast_acquire=True)
        self._disk = _Disk()
        # The turns limit the threads; databases do not wait for each other.
        self._threads = anyio.CapacityLimiter(math.inf)

    @property
    def turn(self) -> anyio.Lock:
        """Held while somebody writes; whoever writes otherwise than here takes it too."""
        return self._turn

    async def run(self, work: Work[T]) -> T:
        """Run `work` as one transaction.

        A cancelled caller waits until the transaction has ended, kept or not; one that has not begun is forgotten.

        Raises:
            BusyFile: another process is in the way for too long; `work` has left nothing.
            TooLong: `work` has held the event loop for too long; it has left nothing.
        """
        async with self._turn:
            try:
                answer = self._connection.begin(work)
            except BusyFile:
                # The connection waits elsewhere, and what it remembers is of use to whoever comes next.
                await to_its_end(anyio.to_thread.run_sync(self._connection.wait_to_begin, limiter=self._threads))
                answer = self._connection.go_on(work)
            await self._commit()
            others = self._turn.statistics().tasks_waiting
        if others:
            # The next one begins before this caller's answer is put together, for which the disk would wait.
            await cancel_shielded_checkpoint()
        return answer

    async def run_if_free(self, work: Work[object]) -> bool:
        """Run `work` unless somebody is writing; whether it was run."""
        try:
            self._turn.acquire_nowait()
        except anyio.WouldBlock:
            return False
        try:
            self._connection.begin(work)
            await self._commit()
        finally:
            self._turn.release()
        return True

    async def _commit(self) -> None:
        if self._disk.is_quick:
            # Nothing is waited for, so nothing can be cancelled.
            self._disk.timed(self._connection.commit)
            return
        self._disk.waited_for()
        await to_its_end(anyio.to_thread.run_sync(self._connection.commit, limiter=self._threads))
