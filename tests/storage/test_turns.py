"""Turns are fair: forty-four long PDFs of one client kept another client's first one waiting for 143 seconds."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from invoicing.refusals import Unavailable
from storage.work.turns import FairTurns, Share
from tests.support.waiting import let_others_run

HOG, GUEST, OTHER = "hog", "guest", "other"


class Desk:
    """Work that takes turns and ends when a test says so; `begun` is the order in which it began."""

    def __init__(self, *, at_once: int = 2, each: int = 1, waiting: int = 100) -> None:
        self.turns = FairTurns("rendering", Share(at_once, each, waiting))
        self.begun: list[str] = []
        self.under_way = 0
        self._ends: list[asyncio.Event] = []

    async def work(self, of: str) -> None:
        async with self.turns.turn(of):
            end = asyncio.Event()
            self.begun.append(of)
            self._ends.append(end)
            self.under_way += 1
            await end.wait()
            self.under_way -= 1

    async def begin(self, *of: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.work(one)) for one in of]
        await let_others_run()
        return tasks

    async def end(self, index: int) -> None:
        self._ends[index].set()
        await let_others_run()

    async def end_all(self) -> None:
        done = 0
        while done < len(self._ends):
            await self.end(done)
            done += 1


async def test_a_guest_begins_at_once_however_much_another_has_asked_for() -> None:
    desk = Desk()
    hogs = await desk.begin(*[HOG] * 44)
    guests = await desk.begin(GUEST)
    assert desk.begun == [HOG, GUEST]
    await desk.end_all()
    await asyncio.gather(*hogs, *guests)
    assert desk.begun == [HOG, GUEST, *[HOG] * 43]


async def test_organizations_that_wait_take_turns_one_piece_each() -> None:
    desk = Desk(at_once=1)
    tasks = await desk.begin(*[HOG] * 3, *[GUEST] * 2, OTHER)
    await desk.end_all()
    await asyncio.gather(*tasks)
    assert desk.begun == [HOG, HOG, GUEST, OTHER, HOG, GUEST]


async def test_no_more_is_under_way_than_there_are_turns_nor_than_its_share() -> None:
    desk = Desk(at_once=3, each=2)
    tasks = await desk.begin(*[HOG] * 5)
    assert desk.under_way == 2
    tasks += await desk.begin(*[GUEST] * 5)
    assert desk.under_way == 3
    await desk.end_all()
    await asyncio.gather(*tasks)
    assert desk.under_way == 0


async def test_a_row_that_is_full_refuses_and_nobody_elses_is_full() -> None:
    desk = Desk(at_once=1, waiting=2)
    tasks = await desk.begin(*[HOG] * 3)
    with pytest.raises(Unavailable, match="2 renderings of this organization wait already: try again"):
        await desk.work(HOG)
    tasks += await desk.begin(GUEST)
    await desk.end_all()
    await asyncio.gather(*tasks)


async def test_waiting_can_be_cancelled_and_leaves_nothing_behind() -> None:
    desk = Desk(at_once=1)
    first, second, third = await desk.begin(HOG, HOG, HOG)
    second.cancel()
    with anyio.move_on_after(0):
        await desk.work(GUEST)
    await desk.end(0)
    assert second.cancelled()
    assert desk.begun == [HOG, HOG]
    await desk.end_all()
    await asyncio.gather(first, third)
    # All turns are free again.
    (last,) = await desk.begin(OTHER)
    assert desk.begun[-1] == OTHER
    await desk.end_all()
    await last


async def test_a_turn_that_comes_in_the_moment_of_a_cancellation_goes_to_the_next() -> None:
    desk = Desk(at_once=1)
    async with desk.turns.turn(HOG):
        second, third = await desk.begin(GUEST, OTHER)
    # Its turn has come, and it has not run since.
    second.cancel()
    await let_others_run()
    assert second.cancelled()
    assert desk.begun == [OTHER]
    await desk.end_all()
    await third


async def test_what_fails_gives_its_turn_back() -> None:
    turns = FairTurns("rendering", Share(1, 1, 1))
    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            async with turns.turn(HOG):
                raise ValueError("no")
