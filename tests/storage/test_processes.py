"""Work in processes tells how far it has come, ends when nobody waits any more, and takes no other down with it.

Exports were once written in threads of the process that answers: an attack that asked for many made every other
organization's calls seven times as slow.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from invoicing.refusals import LimitExceeded, Unavailable
from storage.work.limits import Limits
from storage.work.workers import Workers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")


@asynccontextmanager
async def workers() -> AsyncIterator[Workers]:
    made = Workers(Limits(processes=1, exports=1))
    try:
        yield made
    finally:
        await made.close()


def count_until(tell: Callable[[int], None], end: Path) -> int:
    """Work until the file is there; what it is told of is how often it looked."""
    done = 0
    while not end.exists():
        tell(done := done + 1)
    return os.getpid()


def die(tell: Callable[[int], None]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take_memory(tell: Callable[[int], None]) -> int:
    return len(bytearray(4 * 1024**3))


def answer(tell: Callable[[int], None]) -> int:
    return os.getpid()


async def silent(done: int) -> None:
    pass


async def test_progress_is_told_while_it_works(tmp_path: Path) -> None:
    told: list[int] = []
    end = tmp_path / "end"

    async def progress(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            end.touch()

    async with workers() as made, asyncio.timeout(60):
        assert await made.write_out(count_until, progress, end) != os.getpid()
    assert 0 < told[0] < told[1]


async def test_a_caller_who_leaves_ends_the_work_and_the_next_has_its_place(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def progress(done: int) -> None:
        begun.set()

    async with workers() as made, asyncio.timeout(60):
        task = asyncio.create_task(made.write_out(count_until, progress, tmp_path / "never"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await made.write_out(answer, silent) in {child.pid for child in psutil.Process().children()}


async def test_progress_that_fails_ends_the_work(tmp_path: Path) -> None:
    async def progress(done: int) -> None:
        raise ValueError("nobody listens")

    async with workers() as made, asyncio.timeout(60):
        with pytest.raises(ValueError, match="nobody listens"):
            await made.write_out(count_until, progress, tmp_path / "never")
        await made.write_out(answer, silent)


async def test_a_process_that_dies_is_replaced_and_one_that_takes_too_much_goes_on() -> None:
    async with workers() as made, asyncio.timeout(60):
        with pytest.raises(Unavailable, match="try again"):
            await made.write_out(die, silent)
        first = await made.write_out(answer, silent)
        with pytest.raises(LimitExceeded, match="memory"):
            await made.write_out(take_memory, silent)
        assert await made.write_out(answer, silent) == first
