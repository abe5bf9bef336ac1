"""What need not be done at once is done once, a moment later, whoever asked for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest
from sqlmodel import Session

from storage.directory.moments import latest_moment
from storage.work.budget import IN_A_THREAD
from storage.work.later import Later
from tests.support.practice import practice


async def test_what_a_thread_asks_for_is_done_in_the_event_loop() -> None:
    done: list[asyncio.AbstractEventLoop] = []
    ended = asyncio.Event()

    async def act() -> None:
        done.append(asyncio.get_running_loop())
        ended.set()

    later = Later(act, milliseconds=1)
    later.attach()
    for _ in range(3):
        await anyio.to_thread.run_sync(later.soon)
    async with asyncio.timeout(30):
        await ended.wait()
    await later.close()
    # Once, unless the loop came round between two of the requests.
    assert set(done) == {asyncio.get_running_loop()}
    assert len(done) <= 3


async def test_a_long_transaction_may_ask_what_time_it_is(tmp_path: Path) -> None:
    """Regression: the first call of a cold process took longer than the event loop lets it, was begun anew in a thread,
    and failed there, because the moment that it saw was to be kept.
    """
    async with practice(tmp_path) as one:
        one.clock.advance(timedelta(hours=1))
        moment = await one.store.directory.write(lambda _: one.office.latest(), size=IN_A_THREAD)
        await one.store.moments.close()

        def kept(db: Session) -> bool:
            return latest_moment(db) == moment

        assert await one.store.directory.read(kept)


async def test_what_is_asked_for_at_the_close_is_not_done_after_it() -> None:
    """Regression: an act that failed at the close asked for itself anew, and was done over what was closed."""
    done: list[str] = []

    async def act() -> None:
        done.append("act")
        later.soon()

    later = Later(act, milliseconds=0)
    later.soon()
    await later.close()
    assert done == ["act"]
    later.soon()
    for _ in range(10):
        await asyncio.sleep(0)
    assert done == ["act"]


async def test_an_act_that_fails_as_the_close_waits_is_done_once_more_and_its_error_rises() -> None:
    tries = 0
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        nonlocal tries
        tries += 1
        begun.set()
        await may_end.wait()
        raise OSError("full")

    later = Later(act, milliseconds=0)
    later.soon()
    async with asyncio.timeout(30):
        await begun.wait()
    may_end.set()
    with pytest.raises(OSError, match="full"):
        await later.close()
    assert tries == 2
