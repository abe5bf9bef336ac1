"""An act that has begun is awaited to its end, whoever cancels, and the cancellation comes after it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from storage.work.completion import to_its_end


class Act:
    """Waits until it is let go on; `log` says how far it came."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go_on = asyncio.Event()
        self.log: list[str] = []
        self._fails = fails

    async def run(self) -> str:
        """Begin, wait and end, or fail."""
        self.log.append("begun")
        await self.go_on.wait()
        self.log.append("ended")
        if self._fails:
            raise ValueError("it went wrong")
        return "result"


async def let_others_run() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_without_a_cancellation_it_answers_what_the_act_answers() -> None:
    act, failing = Act(), Act(fails=True)
    act.go_on.set()
    failing.go_on.set()
    assert await to_its_end(act.run()) == "result"
    with pytest.raises(ValueError, match="went wrong"):
        await to_its_end(failing.run())


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_learns_how_the_act_ended_and_is_cancelled_at_its_next_wait(
    times: int, fails: bool
) -> None:
    act = Act(fails=fails)

    async def caller() -> None:
        try:
            act.log.append(await to_its_end(act.run()))
        except ValueError as error:
            act.log.append(str(error))
        await asyncio.sleep(0)
        act.log.append("went on")

    task = asyncio.create_task(caller())
    await let_others_run()
    for _ in range(times):
        task.cancel()
        await let_others_run()
    assert act.log == ["begun"]
    act.go_on.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert act.log == ["begun", "ended", "it went wrong" if fails else "result"]


async def test_a_timeout_that_passes_meanwhile_is_a_timeout_still() -> None:
    act = Act()

    async def hurried() -> None:
        async with asyncio.timeout(0.001):
            act.log.append(await to_its_end(act.run()))
            await asyncio.sleep(0)
            act.log.append("went on")

    asyncio.get_running_loop().call_later(0.02, act.go_on.set)
    with pytest.raises(TimeoutError):
        await hurried()
    assert act.log == ["begun", "ended", "result"]


async def test_a_timeout_that_passed_meanwhile_is_forgotten_where_nothing_is_waited_for_any_more() -> None:
    act = Act()
    asyncio.get_running_loop().call_later(0.02, act.go_on.set)
    async with asyncio.timeout(0.001):
        assert await to_its_end(act.run()) == "result"
    await let_others_run()
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0


async def test_a_cancelled_scope_ends_at_the_next_wait() -> None:
    act = Act()

    async def caller(scope: anyio.CancelScope) -> None:
        with scope:
            act.log.append(await to_its_end(act.run()))
            await anyio.lowlevel.checkpoint()
            act.log.append("went on")

    scope = anyio.CancelScope()
    task = asyncio.create_task(caller(scope))
    await let_others_run()
    scope.cancel()
    await let_others_run()
    assert act.log == ["begun"]
    act.go_on.set()
    await task
    assert act.log == ["begun", "ended", "result"]


def test_a_loop_that_is_shut_down_does_not_hang() -> None:
    async def forgotten() -> None:
        act: Coroutine[Any, Any, str] = Act().run()
        await to_its_end(act)

    async def main() -> None:
        task = asyncio.create_task(forgotten())
        await let_others_run()
        assert not task.done()

    asyncio.run(main())
