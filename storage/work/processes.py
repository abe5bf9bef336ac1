"""The processes that compute for a server: of lower priority, with a bound of memory, and gone when the server is.

Work that takes long says now and then how far it has come, and is told then whether anybody still waits for it: two
numbers for each such piece of work lie in memory that the server and its processes share. Other work asks for what it
needs, a page at a time, through a pipe that there is for each such piece.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableSequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Concatenate, ParamSpec, TypeVar

from invoicing.refusals import LimitExceeded, Unavailable
from storage.work.asking import Ask, Question
from storage.work.stopping import Stopped

T = TypeVar("T")
P = ParamSpec("P")

Tell = Callable[[int], None]
"""Told how much is done. Raises `Stopped` where nobody waits any more."""

_NICE = 15
_LOOK_SECONDS = 1 / 5

_numbers: MutableSequence[int] = []
_lines: list[Connection] = []


class Processes:
    """At most `short` pieces of work at once that are waited for, and `long` ones that tell how far they have come, or
    ask.
    """

    def __init__(self, *, short: int, long: int, memory_mib: int) -> None:
        # A copy of a process with threads can stand still for ever.
        context = multiprocessing.get_context("spawn")
        self._shared: MutableSequence[int] = context.RawArray("q", 2 * long)
        self._lines = [context.Pipe() for _ in range(long)]
        self._free = list(range(long))
        self._short = short
        self._is_new = True
        self._pool = ProcessPoolExecutor(
            short + long,
            mp_context=context,
            initializer=_begin,
            initargs=(memory_mib * 1024**2, self._shared, [theirs for _, theirs in self._lines]),
        )
        self.count = short + long
        self.busy = 0
        self.is_broken = False

    async def compute(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `work` answers, a function of a module whose arguments and answer can be sent.

        Raises:
            Unavailable: the process that computed has died.
            LimitExceeded: it took more memory than it may.
        """
        with self._told():
            is_first, self._is_new = self._is_new, False
            answer = await asyncio.wrap_future(self._pool.submit(work, *given, **named))
            for _ in range(self._short * is_first):
                # The others begin now, so that nobody else has to wait for that; at once they would delay the first.
                self._pool.submit(_load)
            return answer

    async def follow(
        self,
        work: Callable[Concatenate[Tell, P], T],
        progress: Callable[[int], Awaitable[None]],
        stop: threading.Event,
        *given: P.args,
        **named: P.kwargs,
    ) -> T:
        """As `compute`, for work that tells how far it has come; `progress` hears of it. It ends soon after `stop` is
        set.
        """
        place = self._free.pop()
        self._shared[2 * place : 2 * place + 2] = [0, 0]
        try:
            with self._told():
                watched = partial(_watched, work, place, *given, **named)
                return await self._followed(self._pool.submit(watched), place, progress, stop)
        finally:
            self._free.append(place)

    def talk(self, work: Callable[Concatenate[Ask, P], T], ask: Ask, *given: P.args, **named: P.kwargs) -> T:
        """As `compute`, for work that asks; `ask` answers it. To be called in a thread, which waits until it has ended.

        Where `ask` raises, the work ends, and this raises the same.
        """
        place = self._free.pop()
        ours, theirs = self._lines[place]
        try:
            with self._told():
                future = self._pool.submit(partial(_talked, work, place, *given, **named))
                future.add_done_callback(partial(_hang_up, theirs))
                _answer(ours, future, ask)
                return future.result()
        finally:
            self._free.append(place)

    def close(self) -> None:
        """End the processes; nothing may be under way."""
        self._pool.shutdown()
        for ours, theirs in self._lines:
            ours.close()
            theirs.close()

    async def _followed(
        self, future: Future[T], place: int, progress: Callable[[int], Awaitable[None]], stop: threading.Event
    ) -> T:
        running, told = asyncio.wrap_future(future), 0
        try:
            while not (await asyncio.wait({running}, timeout=_LOOK_SECONDS))[0]:
                self._shared[2 * place + 1] = int(stop.is_set())
                if (done := self._shared[2 * place]) > told and not stop.is_set():
                    told = done
                    await progress(done)
        except BaseException:
            self._shared[2 * place + 1] = 1
            with suppress(Stopped):
                await running
            raise
        return running.result()

    @contextmanager
    def _told(self) -> Iterator[None]:
        self.busy += 1
        try:
            yield
        except MemoryError:
            raise LimitExceeded("It took more memory than one piece of work may: make it smaller.") from None
        except BrokenExecutor:
            # Those that are left of it end by themselves.
            self.is_broken = True
            raise Unavailable("The process that worked at this has ended: try again.") from None
        finally:
            self.busy -= 1


def _answer(line: Connection, future: Future[Any], ask: Ask) -> None:
    """Answer what is asked on the line until the work has ended."""
    while (question := _next(line, future)) is not None:
        try:
            _say(line, (ask(question),))
        except BaseException:
            _say(line, None)
            while _next(line, future) is not None:
                _say(line, None)
            raise


def _say(line: Connection, answered: tuple[Any] | None) -> None:
    # Of a process that has died, the future tells.
    with suppress(OSError):
        line.send(answered)


def _next(line: Connection, future: Future[Any]) -> Question | None:
    """What is asked next; None where the work has ended."""
    with suppress(EOFError, OSError):
        while not line.poll(_LOOK_SECONDS):
            # It says that it ends before it does: what has ended without a word has died.
            if future.done() and not line.poll():
                return None
        question: Question | None = line.recv()
        return question
    return None


def _hang_up(theirs: Connection, future: Future[Any]) -> None:
    """Nobody waits for a process that has died; it held the other end of the line, and so do we."""
    if isinstance(future.exception(), BrokenExecutor):
        theirs.close()


def _begin(memory_bytes: int, numbers: MutableSequence[int], lines: list[Connection]) -> None:
    """What a process does first."""
    global _numbers, _lines
    _numbers, _lines = numbers, lines
    # Whoever interrupts the server does not mean this; it ends when the server does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if sys.platform != "win32":
        import resource

        os.nice(_NICE)
        # Not every system keeps to such a bound, and some refuse it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _watched(work: Callable[Concatenate[Tell, P], T], place: int, *given: P.args, **named: P.kwargs) -> T:
    def tell(done: int) -> None:
        _numbers[2 * place] = done
        if _numbers[2 * place + 1]:
            raise Stopped

    return work(tell, *given, **named)


def _talked(work: Callable[Concatenate[Ask, P], T], place: int, *given: P.args, **named: P.kwargs) -> T:
    line = _lines[place]

    def ask(question: Callable[[Any], Any]) -> Any:
        line.send(question)
        answered = line.recv()
        if answered is None:
            raise Stopped
        return answered[0]

    try:
        return work(ask, *given, **named)
    finally:
        line.send(None)


def _end_with(parent: BaseProcess) -> None:
    # A server that was killed could not tell anybody.
    parent.join()
    os._exit(1)


def _load() -> None:
    """Load what takes longest to load."""
    import invoicing.appearance.branding
    import invoicing.render.pdf  # noqa: F401  # Loading it is all that is wanted.
