"""Requests a second are those of all server processes together: each tells the others who makes many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.http.limits import Allowance, Limiter
from server.http.shared_limits import TOLD_AT_ONCE, SharedLimits
from storage.directory.followed_tables import Spending
from storage.directory.spending import KEPT_FOR
from storage.queries.statements import execute, table_of
from tests.server.test_http_limits import asked
from tests.support.http import Credentials, site_of
from tests.support.practice import Practice, practice

ALLOWANCE = Allowance(per_second=10, burst=100)


class Process:
    """A process that lets in requests, of a time that stands still unless a test moves it."""

    def __init__(self, one: Practice) -> None:
        self.shared = SharedLimits(one.store.directory, one.clock, b"key of the accounts")
        self.now = 0
        self.calls, self.programs = (self._limiter(counts) for counts in ("calls", "programs"))

    def _limiter(self, counts: str) -> Limiter:
        made = self.shared.limiter(counts, ALLOWANCE)
        made.milliseconds = lambda: self.now
        return made

    def let_in(self, principal: str, times: int = 1_000) -> int:
        """How many of so many requests are let in."""
        return sum(not asked(self.calls, principal) for _ in range(times))


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as opened:
        yield opened


async def rows(one: Practice) -> list[tuple[str, int, int]]:
    columns = table_of(Spending).c
    found = select(columns.account, columns.before, columns.spent).order_by(columns.account)
    return await one.store.directory.read(lambda db: [(a, b, c) for a, b, c in execute(db, found)])


async def test_what_was_spent_at_one_process_is_charged_by_the_others(one: Practice) -> None:
    left, right = Process(one), Process(one)
    assert left.let_in("usr_1", 60) == 60
    assert right.let_in("usr_1", 60) == 60
    await left.shared.exchange()
    await right.shared.exchange()
    # 120 of a hundred: nothing is let in until what was too much is earned again, and each request counts once.
    assert right.let_in("usr_1") == 0
    right.now += 2_000
    assert right.let_in("usr_1") == 0
    right.now += 100
    assert right.let_in("usr_1") == 1
    # The other has not heard of it before it tells something itself.
    assert left.let_in("usr_1", 10) == 10
    await left.shared.exchange()
    assert left.let_in("usr_1") == 0
    # Others are not charged, nor what is counted by another name.
    assert right.let_in("usr_2") == 100
    assert asked(right.programs, "usr_1") == 0


async def test_on_the_average_all_processes_together_let_in_as_many_as_one(one: Practice) -> None:
    processes = [Process(one) for _ in range(4)]
    let_in = 0
    seconds = 60
    for _ in range(seconds):
        for process in processes:
            process.now += 1_000
            let_in += process.let_in("usr_1", 50)
            await process.shared.exchange()
    slack = len(processes) * ALLOWANCE.burst
    assert seconds * ALLOWANCE.per_second <= let_in <= seconds * ALLOWANCE.per_second + slack
    late = 0
    for _ in range(seconds):
        for process in processes:
            process.now += 1_000
            late += process.let_in("usr_1", 50)
            await process.shared.exchange()
    assert late <= seconds * ALLOWANCE.per_second * 11 // 10


async def test_few_requests_are_told_to_nobody_and_what_is_told_names_nobody(one: Practice) -> None:
    left, right = Process(one), Process(one)
    left.let_in("usr_1", 9)
    await left.shared.exchange()
    assert await rows(one) == []
    left.let_in("usr_1", 1)
    left.let_in("usr_2", 9)
    await left.shared.exchange()
    ((account, before, spent),) = await rows(one)
    assert (before, spent, len(account)) == (0, 10, 32)
    assert "usr" not in account
    # A process that has ended, or says nothing more, is forgotten.
    one.clock.advance(KEPT_FOR)
    right.let_in("usr_3", 20)
    await right.shared.exchange()
    assert [row[1:] for row in await rows(one)] == [(0, 20)]
    assert right.let_in("usr_1") == 100


async def test_very_many_are_told_a_part_at_a_time(one: Practice) -> None:
    left = Process(one)
    for number in range(TOLD_AT_ONCE + 5):
        left.let_in(f"usr_{number}", 10)
    count = select(func.count()).select_from(table_of(Spending))
    for told in (TOLD_AT_ONCE, TOLD_AT_ONCE + 5):
        await left.shared.exchange()
        assert await one.store.directory.read(lambda db: execute(db, count).scalar_one()) == told


async def test_a_served_client_is_refused_at_one_process_for_what_it_did_at_another(one: Practice) -> None:
    narrow = replace(ALLOWANCE, per_second=1, burst=20)
    token = await Credentials.of(one).token()
    async with (
        site_of(one.store, one.clock, allowance=narrow) as left,
        site_of(one.store, one.clock, allowance=narrow) as right,
    ):
        status = {(await left.modern("/mcp", token, "tools/list")).status_code for _ in range(20)}
        assert status == {200}

        never = asyncio.get_running_loop().create_future()
        while all(spent < 18 for _, _, spent in await rows(one)):
            # A second at most has passed since it told somebody first.
            await asyncio.wait([never], timeout=0.02)
        assert (await right.modern("/mcp", token, "tools/list")).status_code == 200
        assert (await right.modern("/mcp", token, "tools/list")).status_code == 200
        while len(await rows(one)) == 1:
            await asyncio.wait([never], timeout=0.02)
        assert (await right.modern("/mcp", token, "tools/list")).status_code == 429
