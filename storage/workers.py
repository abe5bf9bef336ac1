"""Who does the work that takes long: processes that compute, and turns that are fair to each organization.

Printing a document or looking through a picture holds Python's one lock while it computes: done in a thread, every
other call would wait for it again and again. So a server gives it to processes of its own, which have the lower
priority and a bound of memory. A program with one user at a time computes in a thread instead.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from invoicing.refusals import LimitExceeded, Unavailable
from storage.completion import to_its_end, to_its_end_or_stopped
from storage.limits import Limits
from storage.stopping import Stop
from storage.turns import FairTurns, Share

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

T = TypeVar("T")

_NICE = 5


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
        self._processes: ProcessPoolExecutor | None = None

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

    async def close(self) -> None:
        """End the processes; nothing may be under way."""
        processes, self._processes = self._processes, None
        if processes is not None:
            await to_its_end(anyio.to_thread.run_sync(processes.shutdown))

    async def _compute(self, work: Callable[..., T], *given: object) -> T:
        if not self._limits.processes:
            return await anyio.to_thread.run_sync(work, *given, limiter=self._threads)
        is_first = self._processes is None
        processes = self._ready()
        try:
            answer = await asyncio.wrap_future(processes.submit(work, *given))
            for _ in range(self._limits.processes * is_first):
                # The others begin now, so that nobody else has to wait for that; at once they would delay the first.
                processes.submit(_load)
            return answer
        except MemoryError:
            raise LimitExceeded("It took more memory than one piece of work may: make it smaller.") from None
        except BrokenExecutor:
            # Those that are left of it end by themselves.
            if self._processes is processes:
                self._processes = None
            raise Unavailable("The process that worked at this has ended: try again.") from None

    def _ready(self) -> ProcessPoolExecutor:
        if self._processes is None:
            # Most programs never need them.
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            self._processes = ProcessPoolExecutor(
                self._limits.processes,
                # A copy of a process with threads can stand still for ever.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._limits.memory_mib * 1024**2,),
            )
        return self._processes


def _begin(memory_bytes: int) -> None:
    """What a process does first."""
    # Whoever interrupts the server does not mean this; it ends when the server does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if sys.platform != "win32":
        import resource

        os.nice(_NICE)
        # Not every system keeps to such a bound, and some refuse it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _end_with(parent: BaseProcess) -> None:
    # A server that was killed could not tell anybody.
    parent.join()
    os._exit(1)


def _load() -> None:
    """Load what takes longest to load."""
    import invoicing.branding
    import invoicing.render.pdf  # noqa: F401  # Loading it is all that is wanted.
