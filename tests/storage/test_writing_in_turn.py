"""Transactions that wait for one file are kept by one commit: each for itself, and none answered before."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import text
from sqlmodel import Session

from invoicing.refusals import NotFound, Unavailable
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER, BooksPool
from storage.sqlite import writing
from storage.sqlite.engines import DamagedStore, LongLivedConnection
from tests.support.pools import LonePool, make_books

ONE = "0199f3a0-0000-7000-8000-000000000001"
Write = Callable[..., "asyncio.Task[Any]"]


class Disk:
    """Lets one commit after another pass, and counts them."""

    def __init__(self) -> None:
        self.commits = 0
        self.failing: BaseException | None = None
        self.afterwards: Callable[[], object] | None = None
        self.has_passed = threading.Event()
        self._passing = threading.Semaphore(0)
        self._waiting = threading.Semaphore(0)

    async def is_asked(self) -> None:
        """Wait until a commit has begun."""
        assert await anyio.to_thread.run_sync(self._waiting.acquire, True, 30)

    def let_pass(self) -> None:
        self._passing.release()

    def wait(self) -> None:
        self._waiting.release()
        assert self._passing.acquire(timeout=30)
        self.commits += 1
        if self.failing is not None:
            raise self.failing


def account(number: str, *, error: BaseException | None = None) -> Callable[[Session], list[str]]:
    """Adds an account and answers all that are there then, or raises."""

    def work(session: Session) -> list[str]:
        session.execute(
            text("INSERT INTO accounts (number, name, type) VALUES (:number, 'Cash', 'asset')"), {"number": number}
        )
        if error is not None:
            raise error
        return accounts(session)

    return work


def accounts(session: Session) -> list[str]:
    return list(session.execute(text("SELECT number FROM accounts ORDER BY number")).scalars())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with one set of empty books."""
    return make_books(tmp_path, ONE)


@asynccontextmanager
async def waiting_behind_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Disk, BooksPool, Write]]:
    """Books on a slow disk, in the middle of the commit of the account 1; what is written now waits behind it."""
    disk, pool, commit = Disk(), LonePool(root), LongLivedConnection.commit

    def slowly(connection: LongLivedConnection) -> None:
        if threading.current_thread() is not threading.main_thread():
            try:
                disk.wait()
            except BaseException:
                connection.rollback()
                raise
        commit(connection)
        if disk.afterwards is not None:
            disk.afterwards()
            disk.has_passed.set()

    monkeypatch.setattr(LongLivedConnection, "commit", slowly)
    monkeypatch.setattr(writing, "QUICK_COMMIT_NS_MAX", -1)
    for _ in range(writing.SLOW_IN_A_ROW_MAX):
        await pool.write(ONE, accounts)

    def write(number: str, error: BaseException | None = None) -> asyncio.Task[Any]:
        return asyncio.create_task(pool.write(ONE, account(number, error=error)))

    first = write("1")
    await disk.is_asked()
    yield disk, pool, write
    assert await first == ["1"]
    await pool.close()


async def settle() -> None:
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


async def kept(pool: BooksPool) -> list[str]:
    return await pool.read(ONE, accounts)


async def test_those_that_wait_are_committed_one_by_one_in_the_order_of_their_arrival(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        others = [write(number) for number in "234"]
        await settle()
        for done in range(4):
            assert [task.done() for task in others] == [index < done - 1 for index in range(3)]
            assert await kept(pool) == list("1234")[:done]
            disk.let_pass()
            if done < 3:
                await disk.is_asked()
        assert await asyncio.gather(*others) == [["1", "2"], ["1", "2", "3"], ["1", "2", "3", "4"]]
        assert disk.commits == 4


async def test_the_next_one_begins_before_the_one_before_goes_on_with_its_answer(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Putting an answer together takes as long as a commit, and the disk waited for it."""
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, _):
        happened: list[str] = []

        async def change(number: str) -> None:
            def work(session: Session) -> list[str]:
                happened.append(f"{number} begins")
                return account(number)(session)

            await pool.write(ONE, work)
            happened.append(f"{number} goes on")

        others = [asyncio.create_task(change(number)) for number in "23"]
        await settle()
        for _ in range(3):
            disk.let_pass()
        await asyncio.gather(*others)
        assert happened == ["2 begins", "3 begins", "2 goes on", "3 goes on"]


@pytest.mark.parametrize("refused", ["2", "3", "4"])
async def test_a_refused_one_leaves_nothing_commits_nothing_and_takes_nobody_with_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        others = [write(number, NotFound("no") if number == refused else None) for number in "234"]
        await settle()
        for _ in range(3):
            disk.let_pass()
        results = await asyncio.gather(*others, return_exceptions=True)
        assert [type(one) for one in results] == [NotFound if number == refused else list for number in "234"]
        assert await kept(pool) == [number for number in "1234" if number != refused]
        assert disk.commits == 3


@pytest.mark.parametrize(
    "error", [ValueError("no"), Unavailable("no"), DamagedStore("no"), sqlite3.OperationalError("no")], ids=repr
)
@pytest.mark.parametrize("broken", ["2", "3", "4"])
async def test_one_that_breaks_is_alone_with_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, broken: str, error: Exception
) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        others = [write(number, error if number == broken else None) for number in "234"]
        await settle()
        for _ in range(4):
            disk.let_pass()
        results = await asyncio.gather(*others, return_exceptions=True)
        assert [type(one) for one in results] == [type(error) if number == broken else list for number in "234"]
        assert await kept(pool) == [number for number in "1234" if number != broken]


async def test_a_commit_that_fails_tells_its_caller_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        others = [write("2"), write("3")]
        await settle()
        disk.let_pass()
        await disk.is_asked()
        disk.failing = Unavailable("There is no room left on the disk.")
        disk.let_pass()
        await disk.is_asked()
        disk.failing = None
        disk.let_pass()
        results = await asyncio.gather(*others, return_exceptions=True)
        assert [type(one) for one in results] == [Unavailable, list]
        assert await kept(pool) == ["1", "3"]


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
@pytest.mark.parametrize("leaving", [0, 2], ids=["first", "last"])
async def test_whoever_leaves_before_the_turn_has_written_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, native: bool, leaving: int
) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        scope = None if native else anyio.CancelScope()
        others = all_written("234", leaving, scope, write, pool)
        await settle()
        others[leaving].cancel() if scope is None else scope.cancel()
        await settle()
        assert others[leaving].done()
        for _ in range(3):
            disk.let_pass()
        await asyncio.gather(*others, return_exceptions=True)
        assert await kept(pool) == [number for number in "1234" if number != "234"[leaving]]


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_whoever_leaves_in_mid_commit_waits_for_its_end(
    root: Path, monkeypatch: pytest.MonkeyPatch, native: bool
) -> None:
    async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
        scope = None if native else anyio.CancelScope()
        others = all_written("23", 0, scope, write, pool)
        await settle()
        disk.let_pass()
        await disk.is_asked()
        others[0].cancel() if scope is None else scope.cancel()
        await settle()
        assert not others[0].done()
        disk.let_pass()
        disk.let_pass()
        await asyncio.gather(*others, return_exceptions=True)
        assert await kept(pool) == ["1", "2", "3"]


def all_written(
    numbers: str, leaving: int, scope: anyio.CancelScope | None, write: Write, pool: BooksPool
) -> list[asyncio.Task[Any]]:
    """Write all of them; the one that is to leave is in the scope, where there is one."""
    return [
        write(number)
        if scope is None or index != leaving
        else asyncio.create_task(in_scope(scope, write, number, pool))
        for index, number in enumerate(numbers)
    ]


async def in_scope(scope: anyio.CancelScope, _: Write, number: str, pool: BooksPool) -> None:
    with scope:
        await pool.write(ONE, account(number))


async def test_a_writer_of_another_process_is_waited_for_by_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other_process:
        async with waiting_behind_one(root, monkeypatch) as (disk, pool, write):
            others = [write(number) for number in "23"]
            await settle()
            disk.afterwards = lambda: other_process.execute("BEGIN IMMEDIATE")
            disk.let_pass()
            await anyio.to_thread.run_sync(disk.has_passed.wait, 30)
            await settle()
            assert not any(task.done() for task in others)
            disk.afterwards = None
            other_process.execute("COMMIT")
            for _ in range(2):
                disk.let_pass()
            assert sorted(map(len, await asyncio.gather(*others))) == [2, 3]
            assert await kept(pool) == ["1", "2", "3"]
