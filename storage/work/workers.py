"""Who does the work that takes long: processes that compute, and turns that are fair to each organization.

Printing a document, looking through a picture or writing an export holds Python's one lock while it computes: done in
a thread, every other call would wait for it again and again. So a server gives it to processes of its own, which have
the lower priority and a bound of memory. A program with one user at a time computes in a thread instead.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread

from storage.work.completion import to_its_end, to_its_end_or_stopped
from storage.work.limits import Limits
from storage.work.stopping import Stop
from storage.work.turns import FairTurns, Share

if TYPE_CHECKING:
    from storage.work.asking import Ask, Question
    from storage.work.processes import Processes, Tell

T = TypeVar("T")
P = ParamSpec("P")

_TOLD_EVERY = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """Of each kind of long work how much is under way, how much waits, and how much may be under way; how many
    processes compute, and how many of them have work.
    """

    turns: Mapping[str, tuple[int, int, int]]
    processes: int
    busy: int


class Workers:
    """The turns of each kind of long work in one data folder, and the processes that compute."""

    def __init__(self, limits: Limits) -> None:
        waiting = limits.waiting
        self._limits = limits
        self._rendering = FairTurns("rendering", Share(limits.renderings, limits.renderings_each, waiting))
        # A picture of some kilobytes may take a hundred megabytes to look through.
        self._pictures = FairTurns("logo", Share(1, 1, waiting))
        self._files = FairTurns("file", Share(limits.reads, limits.reads_each, waiting))
        self.exports = FairTurns("export", Share(limits.exports, limits.exports_each, waiting))
        self.reads = FairTurns("long call", Share(limits.reads, limits.reads_each, waiting))
        # The turns limit the threads.
        self._threads = anyio.CapacityLimiter(math.inf)
        self._processes: Processes | None = None

    async def render(self, organization_id: str, work: Callable[..., T], *given: object) -> T:
        """Compute `work(*given)`, a function of a module with arguments and an answer that can be sent.

        A cancelled caller waits until it has ended, once it has begun.

        Raises:
            Unavailable: too much of this organization's work waits, or the process that computed has died.
            LimitExceeded: it took more memory than it may.
        """
        async with self._rendering.turn(organization_id):
            return await to_its_end(self._compute(work, *given))

    async def look_through(self, organization_id: str, work: Callable[..., T], *given: object) -> T:
        """As `render`, for a picture: one at a time, whosesoever it is."""
        async with self._pictures.turn(organization_id):
            return await self.render(organization_id, work, *given)

    async def use_files(self, organization_id: str, work: Callable[..., T], *given: object) -> T:
        """Run `work(*given)`, which reads, hashes or writes files, in a thread.

        Raises:
            Unavailable: too much of this organization's work waits.
        """
        async with self._files.turn(organization_id):
            return await to_its_end(anyio.to_thread.run_sync(work, *given, limiter=self._threads))

    async def read_through(self, organization_id: str, work: Callable[[Callable[[], None]], T]) -> T:
        """Run `work`, which reads what somebody has sent, in a thread. It is given a function to call now and then,
        which ends it where nobody waits for it any more.

        Raises:
            Unavailable: too much of this organization's work waits.
        """
        stop = Stop()
        async with self.reads.turn(organization_id):
            act = anyio.to_thread.run_sync(work, stop.check, limiter=self._threads)
            return await to_its_end_or_stopped(act, stop.wish)

    async def write_out(
        self,
        work: Callable[Concatenate[Tell, P], T],
        progress: Callable[[int], Coroutine[Any, Any, None]],
        *given: P.args,
        **named: P.kwargs,
    ) -> T:
        """Compute `work(tell, *given)`, which writes an export and tells how far it is; `progress` hears of it.

        Whoever asks for it has one of the turns of `exports`. A cancelled caller waits until it has stopped.

        Raises:
            Unavailable, LimitExceeded: as `render`.
        """
        stop = Stop()

        def tell(done: int) -> None:
            stop.check()
            if done % _TOLD_EVERY == 0:
                anyio.from_thread.run(progress, done)

        if (processes := self._ready()) is not None:
            act = processes.follow(work, progress, stop.wished, *given, **named)
        else:
            in_thread = partial(work, tell, *given, **named)
            act = anyio.to_thread.run_sync(in_thread, limiter=self._threads)
        return await to_its_end_or_stopped(act, stop.wish)

    async def talk(
        self,
        work: Callable[Concatenate[Ask, P], T],
        answer: Callable[[Question], Coroutine[Any, Any, Any]],
        *given: P.args,
        **named: P.kwargs,
    ) -> T:
        """Compute `work(ask, *given)`, a function of a module; what it asks for is read with `answer`, in this event
        loop. Turns, cancellation and errors as in `write_out`.
        """
        stop = Stop()
        answering: asyncio.Task[Any] | None = None

        async def answer_one(question: Question) -> Any:
            nonlocal answering
            stop.check()
            answering = asyncio.current_task()
            return await answer(question)

        def ask(question: Question) -> Any:
            return anyio.from_thread.run(answer_one, question)

        def wish() -> None:
            stop.wish()
            if answering is not None:
                answering.cancel()

        if (processes := self._ready()) is not None:
            act = anyio.to_thread.run_sync(partial(processes.talk, work, ask, *given, **named), limiter=self._threads)
        else:
            act = anyio.to_thread.run_sync(partial(work, ask, *given, **named), limiter=self._threads)
        return await to_its_end_or_stopped(act, wish)

    def figures(self) -> Figures:
        """What is under way at this moment."""
        kinds = {
            "rendering": self._rendering,
            "picture": self._pictures,
            "file": self._files,
            "export": self.exports,
            "read": self.reads,
        }
        turns = {kind: one.figures() for kind, one in kinds.items()}
        processes = self._processes
        return Figures(turns, processes.count if processes else 0, processes.busy if processes else 0)

    async def close(self) -> None:
        """End the processes; nothing may be under way."""
        processes, self._processes = self._processes, None
        if processes is not None:
            await to_its_end(anyio.to_thread.run_sync(processes.close))

    async def _compute(self, work: Callable[..., T], *given: object) -> T:
        processes = self._ready()
        if processes is None:
            return await anyio.to_thread.run_sync(work, *given, limiter=self._threads)
        return await processes.compute(work, *given)

    def _ready(self) -> Processes | None:
        """The processes, begun where there are none or one of them has died; None where a thread computes."""
        limits = self._limits
        if limits.processes and (self._processes is None or self._processes.is_broken):
            # Most programs never need them.
            from storage.work.processes import Processes

            self._processes = Processes(short=limits.processes, long=limits.exports, memory_mib=limits.memory_mib)
        return self._processes
