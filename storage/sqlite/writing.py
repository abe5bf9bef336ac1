"""The one writer of a file: transactions take turns, and those that wait together are committed together.

While the disk keeps what one commit wrote, other callers arrive. Each of them would wait for the disk again, one after
another; so whoever's turn comes takes those along that wait behind it: each runs for itself, in the order of arrival,
and one commit keeps them all. Nobody is answered before that commit has ended.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
from sqlmodel import Session

from invoicing.refusals import Refusal, Unavailable
from storage.sqlite.completion import to_its_end
from storage.sqlite.engines import StandingConnection

T = TypeVar("T")
Work = Callable[[Session], T]

TOGETHER_MAX = 16
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

    def timed(self, keep: Callable[[], None]) -> None:
        begun = perf_counter_ns()
        try:
            keep()
        finally:
            slow = perf_counter_ns() - begun > QUICK_COMMIT_NS_MAX
            self._slow_in_a_row = self._slow_in_a_row + 1 if slow else 0
            if self._slow_in_a_row >= SLOW_IN_A_ROW_MAX:
                self._slow_in_a_row = 0
                self._in_threads = COMMITS_IN_THREADS


@dataclass(eq=False, slots=True)
class _Waiting:
    """A transaction that waits for its turn. `ended` answers what it did, or raises why not, once that is certain.

    `alone` says that it takes nobody along, since in company something went wrong.
    """

    work: Work[Any]
    ended: Callable[[], Any] | None = None
    alone: bool = False


class _Undone(Exception):
    """Nothing of a transaction of several was kept: each is to be run again, alone."""


class Writer:
    """Runs brief writing transactions in the event loop, on a connection that waits for nobody."""

    def __init__(self, connection: StandingConnection) -> None:
        self._connection = connection
        self._turn = anyio.Lock(fast_acquire=True)
        self._waiting: deque[_Waiting] = deque()
        self._disk = _Disk()
        # The turns limit the threads; databases do not wait for each other.
        self._threads = anyio.CapacityLimiter(math.inf)

    @property
    def turn(self) -> anyio.Lock:
        """Held while somebody writes; whoever writes otherwise than here takes it too."""
        return self._turn

    async def run(self, work: Work[T]) -> T:
        """Run `work` as one transaction, alone or along with others that wait.

        A cancelled caller waits until the transaction has ended, kept or not; one that has not begun is forgotten.

        Raises:
            BusyFile: another process is in the way at this moment; `work` has left nothing.
        """
        mine = _Waiting(work)
        self._waiting.append(mine)
        try:
            async with self._turn:
                while mine.ended is None:
                    await self._run_next()
        except BaseException:
            await self._forgotten_or_ended(mine)
            raise
        answer: T = mine.ended()
        return answer

    async def run_if_free(self, work: Work[object]) -> bool:
        """Run `work` unless somebody is writing; whether it was run."""
        try:
            self._turn.acquire_nowait()
        except anyio.WouldBlock:
            return False
        try:
            self._connection.begin(work)
            await self._keep()
        finally:
            self._turn.release()
        return True

    async def _run_next(self) -> None:
        """Run what waits, in the order in which it came, with one commit."""
        group = self._next_group()
        if len(group) == 1 and self._disk.is_quick:
            # Nothing is waited for, so nothing can be cancelled.
            self._run_alone(group[0])
            return
        try:
            await to_its_end(self._run_all(group))
        except _Undone:
            for one in group:
                one.alone = True
        finally:
            # Their callers have the next turns.
            self._waiting.extendleft(one for one in reversed(group) if one.ended is None)

    def _next_group(self) -> list[_Waiting]:
        group = [self._waiting.popleft()]
        while not group[0].alone and self._waiting and not self._waiting[0].alone and len(group) < TOGETHER_MAX:
            group.append(self._waiting.popleft())
        return group

    def _run_alone(self, one: _Waiting) -> None:
        try:
            answer = self._connection.begin(one.work)
            self._disk.timed(self._connection.keep)
        except Exception as error:
            one.ended = _raising(error)
        else:
            one.ended = _answering(answer)

    async def _run_all(self, group: list[_Waiting]) -> None:
        """Run each for itself and keep them together; `ended` is set when they are kept, and not before."""
        answers = []
        try:
            for one in group:
                answers.append(self._attempt(one, alone=len(group) == 1))
                # Whoever waits for something else than this file comes in between.
                await anyio.lowlevel.cancel_shielded_checkpoint()
        except BaseException:
            self._connection.undo()
            raise
        try:
            if self._connection.is_begun:
                await self._keep()
        except Exception as error:
            answers = [_raising(error) for _ in group]
        for one, answer in zip(group, answers, strict=True):
            one.ended = answer

    def _attempt(self, one: _Waiting, *, alone: bool) -> Callable[[], Any]:
        run = self._connection.go_on if self._connection.is_begun else self._connection.begin
        try:
            return _answering(run(one.work))
        except Exception as error:
            if alone or (isinstance(error, Refusal) and not isinstance(error, Unavailable)):
                return _raising(error)
            # What else there was in this transaction may have gone with it, or may have caused the error.
            raise _Undone from error

    async def _keep(self) -> None:
        if self._disk.is_quick:
            self._disk.timed(self._connection.keep)
            return
        self._disk.waited_for()
        await to_its_end(anyio.to_thread.run_sync(self._connection.keep, limiter=self._threads))

    async def _forgotten_or_ended(self, mine: _Waiting) -> None:
        if mine in self._waiting:
            self._waiting.remove(mine)
        elif mine.ended is None:
            # Somebody else has taken it along: whoever has the turn after that knows what became of it.
            await to_its_end(self._forget_in_turn(mine))

    async def _forget_in_turn(self, mine: _Waiting) -> None:
        async with self._turn:
            # It was undone with its company and waits again: nobody is left who wants it.
            if mine in self._waiting:
                self._waiting.remove(mine)


def _answering(answer: T) -> Callable[[], T]:
    return lambda: answer


def _raising(error: Exception) -> Callable[[], Any]:
    def ended() -> None:
        raise error

    return ended
