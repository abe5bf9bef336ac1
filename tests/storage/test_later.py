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
from storage.work.later import MILLISECONDS_MAX, Later
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


async def test_what_goes_on_failing_is_tried_ever_more_rarely_and_told_of_once_at_length(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = 0
    done = asyncio.Event()

    async def act() -> None:
        nonlocal tries
        tries += 1
        if tries < 5:
            raise OSError("the server refuses")
        done.set()

    later = Later(act, milliseconds=0)
    later.soon()
    async with asyncio.timeout(30):
        await done.wait()
    await later.close()
    said = [(record.levelname, record.exc_info is not None, record.getMessage()) for record in caplog.records]
    assert [(level, at_length) for level, at_length, _ in said] == [("ERROR", True)] + [("WARNING", False)] * 4
    assert said[1][2] == "it has failed in the background 2 times in a row: the server refuses"
    assert said[-1][2] == "what had failed in the background 4 times is done"


async def test_how_long_it_waits_doubles_and_has_an_end() -> None:
    async def act() -> None:
        raise OSError("the server refuses")

    later = Later(act, milliseconds=500)
    waits = []
    for _ in range(9):
        waits.append(later.wait_milliseconds)
        await later._do()
        assert later._timer is not None
        later._timer.cancel()
        later._timer = None
    assert waits == [500, 500, 1_000, 2_000, 4_000, 8_000, *[MILLISECONDS_MAX] * 3]
