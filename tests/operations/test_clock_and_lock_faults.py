"""A clock that jumps around the turn of the year, and one organization that is locked while another goes on."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from invoicing.refusals import Refusal
from storage.books.pool import BOOKS_FILE
from tests.support.auditor import audited, kept
from tests.support.clock import SettableClock
from tests.support.faults import scaled
from tests.support.folders import folder_of
from tests.support.practice import practice
from tests.support.raw import raw


@pytest.mark.faults
async def test_a_clock_that_jumps_around_the_turn_of_the_year_leaves_every_series_in_order(tmp_path: Path) -> None:
    seed = 20261231
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311  # Where the clock jumps to, the same in every run.
    clock = SettableClock(datetime(2026, 12, 31, 12, tzinfo=UTC))
    async with practice(tmp_path, clock, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        issued, refused = [], 0
        for step in range(scaled(300)):
            try:
                issued.append((await one.issue(books, customer, reference=f"ref-{step}")).document.number)
            except Refusal:
                # Some dates are not to be had any more; then nothing is issued.
                refused += 1
            hours = chance.choice((1, 15, 40, -1, -15, -30))
            moment = clock() + timedelta(hours=hours)
            clock.set(max(datetime(2026, 12, 30, tzinfo=UTC), min(moment, datetime(2027, 1, 3, tzinfo=UTC))))
        found = await kept(books)
        assert sorted(found) == sorted(issued), f"{refused} were refused"
        assert len(set(issued)) == len(issued)
        assert {number[9:13] for number in issued} == {"2026", "2027"}
        # With the same reference it is the same, whatever the clock says.
        clock.set(datetime(2026, 12, 11, tzinfo=UTC))
        assert (await one.issue(books, customer, reference="ref-0")).document.number == issued[0]


async def test_while_one_organization_is_locked_another_keeps_its_pace(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        locked, free = one.books(one.first_client), one.books(await one.client("Finch Studio"))
        ids = [(await one.customer(books)).id for books in (locked, free)]
        other = raw(folder_of(locked) / BOOKS_FILE)
        with other as connection:
            connection.execute("BEGIN IMMEDIATE")
            waits = asyncio.create_task(one.issue(locked, ids[0]))
            for _ in range(8):
                await one.issue(free, ids[1])
            # The others were not kept waiting by whoever waits for the lock; nor is whoever only reads.
            assert not waits.done()
            assert await kept(locked) == []
            connection.execute("ROLLBACK")
            assert (await waits).document.number.endswith("00001")
        counts = {handle: len(found) for handle, found in (await audited(one.office)).items()}
        assert counts == {"ledger-co-sandbox": 0, "harbour-bakery-sandbox": 1, "finch-studio-sandbox": 8}
