"""Snapshots: rows are awaited while the event loop goes on, all of them of one moment, and nothing outlives them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import text
from sqlmodel import Session

from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.queries.statements import execute
from storage.sqlite.engines import DamagedStore
from storage.work import budget
from tests.support import stores
from tests.support.pools import LonePool, make_books

ONE = "0199f3a0-0000-7000-8000-000000000001"
TO_MANY_MILLIONS = text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 100000000)"
    " SELECT count(*) FROM counted"
)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A data folder with one set of empty books; no thread is left behind."""
    before = set(threading.enumerate())
    yield make_books(tmp_path, ONE)
    for thread in set(threading.enumerate()) - before:
        if "AnyIO" not in thread.name:
            thread.join(30)
            assert not thread.is_alive(), thread


def add_account(session: Session) -> None:
    execute(session, text("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')"))


def count_accounts(session: Session) -> int:
    return int(execute(session, text("SELECT count(*) FROM accounts")).scalar_one())


def count_far(session: Session) -> int:
    return int(execute(session, TO_MANY_MILLIONS).scalar_one())


async def test_all_that_is_read_is_of_one_moment(root: Path) -> None:
    pool = LonePool(root)
    async with pool.snapshot(ONE) as before:
        assert await before.read(count_accounts) == 0
        await pool.write(ONE, add_account)
        assert await before.read(count_accounts) == 0
        assert await pool.read(ONE, count_accounts) == 1
    async with pool.snapshot(ONE) as after:
        assert await after.read(count_accounts) == 1
    await pool.close()


async def test_a_statement_is_awaited_once_with_its_rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, back = LonePool(root), 0
    loop = asyncio.get_running_loop()
    call_back = loop.call_soon_threadsafe

    def counted(*given: Any, **named: Any) -> asyncio.Handle:
        nonlocal back
        back += 1
        return call_back(*given, **named)

    def named(session: Session) -> tuple[list[str], list[Any]]:
        found = execute(session, text("SELECT number, name FROM accounts ORDER BY number"))
        return list(found.keys()), list(found.all())

    await pool.write(ONE, add_account)
    async with pool.snapshot(ONE) as snapshot:
        assert await snapshot.read(named) == (["number", "name"], [("1", "Cash")])
        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        for _ in range(10):
            assert await snapshot.read(named) == (["number", "name"], [("1", "Cash")])
        monkeypatch.undo()
        # From the thread of a file; a server is awaited in the event loop itself.
        assert back == (0 if stores.is_on_server() else 10)
        # No rows are told from no such rows.
        nothing = text("SELECT name FROM accounts WHERE number = '2'")
        assert await snapshot.read(lambda db: execute(db, nothing).mappings().all()) == []
    await pool.close()


async def test_a_snapshot_cannot_write(root: Path) -> None:
    pool = LonePool(root)
    async with pool.snapshot(ONE) as snapshot:
        with pytest.raises(Exception, match=r"read-?only"):
            await snapshot.read(add_account)
    assert await pool.read(ONE, count_accounts) == 0
    await pool.close()


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_cancelled_caller_stops_the_database_and_leaves_nothing_behind(root: Path, native: bool) -> None:
    pool, scope, begun = LonePool(root), anyio.CancelScope(), asyncio.Event()

    async def read() -> None:
        with scope:
            async with pool.snapshot(ONE) as snapshot:
                begun.set()
                await snapshot.read(count_far)

    async with asyncio.timeout(60):
        task = asyncio.create_task(read())
        await begun.wait()
        # The event loop goes on meanwhile.
        assert await pool.read(ONE, count_accounts) == 0
        task.cancel() if native else scope.cancel()
        await asyncio.wait([task])
    assert task.cancelled() is native
    # Whoever comes next has a turn.
    for _ in range(3):
        async with pool.snapshot(ONE) as snapshot:
            assert await snapshot.read(count_accounts) == 0
    await pool.close()


async def test_books_that_are_gone_are_an_error_and_are_not_made_anew(root: Path) -> None:
    pool = LonePool(root)
    assert await pool.read(ONE, count_accounts) == 0
    books = root / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE
    books.rename(books.with_suffix(".aside"))
    with pytest.raises(DamagedStore):
        async with pool.snapshot(ONE):
            pass
    assert not books.exists()
    await pool.close()


SOME_MILLIONS = text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 200000)"
    " SELECT count(*) FROM counted"
)


def count_and_compute(session: Session, computed: list[str], *, times: int) -> int:
    """Much for the database, and then a little to compute after each of some statements; `computed` tells where."""
    found = int(execute(session, SOME_MILLIONS).scalar_one())
    for _ in range(times):
        computed.append(threading.current_thread().name)
        sum(range(1_000))
        count_accounts(session)
    return found


async def test_what_takes_the_database_long_and_computes_little_is_awaited(root: Path) -> None:
    pool, here, computed = LonePool(root), threading.current_thread().name, list[str]()
    assert await pool.read(ONE, lambda db: count_and_compute(db, computed, times=1)) == 200_000
    assert computed == [here]
    await pool.close()


async def test_what_takes_the_database_long_and_computes_much_too_leaves_the_event_loop(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, here, computed = LonePool(root), threading.current_thread().name, list[str]()
    assert await pool.read(ONE, count_accounts) == 0
    monkeypatch.setattr(budget, "NANOSECONDS_MAX", 0)
    # The database's own steps are what stops it first: only then it is awaited.
    assert await pool.read(ONE, lambda db: count_and_compute(db, computed, times=50)) == 200_000
    assert computed.count(here) <= 1, "it goes no further than to its next statement"
    assert len([one for one in computed if one != here]) == 50
    await pool.close()


async def test_what_others_compute_while_it_waits_counts_for_nobody(root: Path) -> None:
    pool, here, computed = LonePool(root), threading.current_thread().name, list[str]()
    reading = asyncio.create_task(pool.read(ONE, lambda db: count_and_compute(db, computed, times=3)))
    while not reading.done():
        # Much more than its budget, again and again.
        sum(range(3_000_000))
        await anyio.lowlevel.checkpoint()
    assert await reading == 200_000
    assert computed == [here] * 3
    await pool.close()
