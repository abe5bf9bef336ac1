"""Transactions begin in the event loop: they wait for nobody there, leave it when they take long, and are never half
done.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from invoicing.refusals import NotFound, Unavailable
from storage.books import settings_tables
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.queries.cache import remembered
from storage.queries.statements import execute, table_of
from storage.sqlite import engines, writing
from storage.sqlite.engines import LongLivedConnection, Mode
from storage.work import budget
from tests.support import stores
from tests.support.pools import MANY, LonePool, make_books
from tests.support.raw import raw

ONE = "0199f3a0-0000-7000-8000-000000000001"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with one set of empty books."""
    return make_books(tmp_path, ONE)


@pytest.fixture
def other_process(root: Path) -> Iterator[sqlite3.Connection]:
    """A connection as another process would have one."""
    with raw(root / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE) as connection:
        yield connection


def add_account(session: Session) -> int:
    session.execute(text("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')"))
    return 1


def count_accounts(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM accounts")).scalar_one())


def thread_name(_: Session) -> str:
    return threading.current_thread().name


async def test_they_run_in_the_thread_of_the_event_loop(root: Path) -> None:
    pool = LonePool(root)
    here = threading.current_thread().name
    for run in (pool.read, pool.write):
        assert await run(ONE, thread_name) == here
        assert await run(ONE, thread_name, size=MANY) != here
    await pool.close()


def count_far(session: Session) -> str:
    """Many steps of the database, in one statement."""
    to_a_million = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000000)"
    execute(session, text(f"{to_a_million} SELECT count(*) FROM counted"))  # noqa: S608
    return threading.current_thread().name


def compute_long(session: Session) -> str:
    """Much processor time between statements."""
    until = time.thread_time_ns() + 2 * budget.NANOSECONDS_MAX
    while time.thread_time_ns() < until:
        pass
    execute(session, text("SELECT 1"))
    return threading.current_thread().name


def compute_last(session: Session) -> str:
    """The same, after the last statement."""
    execute(session, text("SELECT 1"))
    until = time.thread_time_ns() + 2 * budget.NANOSECONDS_MAX
    while time.thread_time_ns() < until:
        pass
    return threading.current_thread().name


@pytest.mark.parametrize("long", [count_far, compute_long, compute_last])
async def test_one_that_takes_long_is_begun_anew_elsewhere_and_kept_once(
    root: Path, long: Callable[[Session], str]
) -> None:
    def add_and_go_on(session: Session) -> str:
        add_account(session)
        return long(session)

    pool = LonePool(root)
    here = threading.current_thread().name
    # Where only the database takes long, it is awaited, and no thread of ours is held. What has been read from a server
    # by the time that it has taken too long is not read once more, over a connection that is made for it.
    stays = {count_far, compute_last} if stores.is_on_server() else {count_far}
    assert (await pool.read(ONE, long) == here) is (long in stays)
    # A server is awaited by writers too; a file is written in a thread.
    assert (await pool.write(ONE, add_and_go_on) == here) is (long is count_far and stores.is_on_server())
    assert await pool.read(ONE, count_accounts) == 1
    # The connections of the event loop are as good as before.
    assert await pool.read(ONE, thread_name) == await pool.write(ONE, thread_name) == here
    await pool.close()


@pytest.mark.parametrize("said", ["", "refused"])
@pytest.mark.parametrize("long", [count_far, compute_long])
async def test_one_that_hides_that_it_took_too_long_is_not_believed(
    root: Path, long: Callable[[Session], str], said: str
) -> None:
    def hide(session: Session) -> bool:
        try:
            long(session)
        except Exception:
            if said:
                raise NotFound(said) from None
            return False
        return True

    pool = LonePool(root)
    assert await pool.read(ONE, hide)
    assert await pool.write(ONE, hide)
    await pool.close()


async def test_a_writer_of_another_process_is_waited_for_in_a_thread(
    root: Path, other_process: sqlite3.Connection
) -> None:
    pool = LonePool(root)
    assert await pool.write(ONE, count_accounts) == 0
    other_process.execute("BEGIN IMMEDIATE")
    written = asyncio.create_task(pool.write(ONE, add_account))
    # The loop goes on, and readers wait for no writer.
    assert await pool.read(ONE, count_accounts) == 0
    assert not written.done()
    other_process.execute("COMMIT")
    assert await written == 1
    assert await pool.read(ONE, count_accounts) == 1
    await pool.close()


@pytest.mark.parametrize("refused", [False, True])
async def test_one_that_takes_long_stops_no_statement_of_the_next(
    root: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """Whether the database is to stop is asked in the middle of any statement, also of those that begin and end."""
    monkeypatch.setattr(engines, "STEPS_AT_A_TIME", 1)
    monkeypatch.setattr(budget, "STEPS_MAX", 10**9)

    def refuse(session: Session) -> None:
        raise NotFound("no")

    pool = LonePool(root)
    for _ in range(3):
        with monkeypatch.context() as hurried:
            hurried.setattr(budget, "NANOSECONDS_MAX", 0)
            assert await pool.write(ONE, count_accounts) == 0
            assert await pool.read(ONE, count_accounts) == 0
        if refused:
            with pytest.raises(NotFound):
                await pool.write(ONE, refuse)
        assert await pool.write(ONE, count_accounts) == 0
    await pool.close()


async def test_what_is_remembered_stays_where_a_writer_of_another_process_was_waited_for(
    root: Path, other_process: sqlite3.Connection
) -> None:
    read: list[str] = []

    def note(_: Session) -> str:
        read.append("read")
        return "value"

    def ask(session: Session) -> int:
        remembered(session, ("what",), note)
        return len(execute(session, table_of(settings_tables.Account).select()).all())

    pool = LonePool(root)
    assert await pool.write(ONE, ask) == 0
    other_process.execute("BEGIN IMMEDIATE")
    written = asyncio.create_task(pool.write(ONE, ask))
    assert await pool.read(ONE, count_accounts) == 0
    other_process.execute("ROLLBACK")
    assert await written == 0
    assert read == ["read"]
    other_process.execute("BEGIN IMMEDIATE")
    other_process.execute("INSERT INTO accounts (number, name, type) VALUES ('9', 'Till', 'asset')")
    written = asyncio.create_task(pool.write(ONE, ask))
    assert await pool.read(ONE, count_accounts) == 0
    other_process.execute("COMMIT")
    assert await written == 1, "it sees what the other one has kept"
    assert read == ["read"] * 2
    await pool.close()


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_writer_of_another_process_that_takes_too_long_is_told_and_holds_up_nobody_afterwards(
    root: Path, other_process: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    pool = LonePool(root)
    assert await pool.write(ONE, count_accounts) == 0
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 50)
    other_process.execute("BEGIN IMMEDIATE")
    written = asyncio.create_task(pool.write(ONE, add_account))
    await anyio.lowlevel.checkpoint()
    if cancelled:
        written.cancel()
    with pytest.raises((asyncio.CancelledError, Unavailable)):
        await written
    other_process.execute("COMMIT")
    assert await pool.write(ONE, add_account) == 1
    assert await pool.read(ONE, count_accounts) == 1
    await pool.close()


@pytest.mark.parametrize(
    "error", [NotFound("no"), ValueError("no"), KeyboardInterrupt()], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize("orm", [False, True], ids=["a statement", "the ORM"])
async def test_one_that_raises_leaves_nothing_and_holds_up_nobody(root: Path, error: BaseException, orm: bool) -> None:
    def add_and_raise(session: Session) -> None:
        if orm:
            session.add(settings_tables.Account(number="1", name="Cash", type="asset"))
        else:
            add_account(session)
        raise error

    pool = LonePool(root)
    with pytest.raises(type(error)):
        await pool.write(ONE, add_and_raise)
    assert await pool.read(ONE, count_accounts) == 0
    assert await pool.write(ONE, add_account) == 1
    await pool.close()


async def test_a_reading_one_cannot_write(root: Path) -> None:
    pool = LonePool(root)
    with pytest.raises(Exception, match=r"read-?only"):
        await pool.read(ONE, add_account)
    assert await pool.read(ONE, count_accounts) == 0
    await pool.close()


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_cancelled_caller_waits_for_the_commit(
    root: Path, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    commit = LongLivedConnection.commit

    def slowly(connection: LongLivedConnection) -> None:
        begun.set()
        assert go_on.wait(30)
        commit(connection)

    pool, scope = LonePool(root), anyio.CancelScope()
    monkeypatch.setattr(writing, "QUICK_COMMIT_NS_MAX", -1)
    for _ in range(writing.SLOW_IN_A_ROW_MAX):
        await pool.write(ONE, count_accounts)
    monkeypatch.setattr(LongLivedConnection, "commit", slowly)

    async def write() -> None:
        with scope:
            await pool.write(ONE, add_account)

    task = asyncio.create_task(write())
    assert await anyio.to_thread.run_sync(begun.wait, 30)
    if native:
        task.cancel()
    else:
        scope.cancel()
    for _ in range(20):
        await anyio.lowlevel.checkpoint()
    assert not task.done()
    go_on.set()
    await asyncio.wait([task])
    monkeypatch.undo()
    assert await pool.read(ONE, count_accounts) == 1
    await pool.close()


async def test_what_the_database_refuses_leaves_nothing_and_the_next_one_works(root: Path) -> None:
    def add_twice(session: Session) -> None:
        add_account(session)
        add_account(session)

    pool = LonePool(root)
    with pytest.raises(IntegrityError):
        await pool.write(ONE, add_twice)
    assert await pool.write(ONE, add_account) == 1
    assert await pool.read(ONE, count_accounts) == 1
    await pool.close()


async def test_nothing_of_one_transaction_is_remembered_in_the_next(
    root: Path, other_process: sqlite3.Connection
) -> None:
    def name_of(session: Session) -> str:
        return session.get_one(settings_tables.Account, "1").name

    pool = LonePool(root)
    await pool.write(ONE, add_account)
    assert await pool.read(ONE, name_of) == "Cash"
    other_process.execute("UPDATE accounts SET name = 'Till'")
    assert await pool.read(ONE, name_of) == "Till"
    await pool.close()


async def test_commits_go_to_a_thread_while_the_disk_is_slow(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where: list[bool] = []
    commit = LongLivedConnection.commit

    def noted(connection: LongLivedConnection) -> None:
        where.append(threading.current_thread() is threading.main_thread())
        commit(connection)

    async def commits(times: int) -> list[bool]:
        where.clear()
        for _ in range(times):
            await pool.write(ONE, count_accounts)
        return where[:]

    pool = LonePool(root)
    # Opening the books reads their anchor.
    await pool.read(ONE, count_accounts)
    monkeypatch.setattr(LongLivedConnection, "commit", noted)
    monkeypatch.setattr(writing, "COMMITS_IN_THREADS", 2)
    monkeypatch.setattr(writing, "QUICK_COMMIT_NS_MAX", -1)
    assert await commits(6) == [True, True, True, False, False, True]
    monkeypatch.setattr(writing, "QUICK_COMMIT_NS_MAX", 10**12)
    assert await commits(4) == [True, True, True, True]
    await pool.close()


async def test_opening_waits_for_nobody_in_the_event_loop(root: Path, other_process: sqlite3.Connection) -> None:
    other_process.execute("PRAGMA locking_mode = EXCLUSIVE")
    other_process.execute("BEGIN EXCLUSIVE")
    pool = LonePool(root)
    waiting = [asyncio.create_task(run(ONE, count_accounts)) for run in (pool.read, pool.write)]
    # Were it waited for in the loop, nobody would come to end the transaction.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    other_process.close()
    assert await asyncio.gather(*waiting) == [0, 0]
    await pool.close()


async def test_what_is_only_noted_waits_for_nobody(root: Path, other_process: sqlite3.Connection) -> None:
    databases = stores.databases(root)
    one = databases.books(ONE)
    assert await one.write_if_free(add_account)
    other_process.execute("BEGIN IMMEDIATE")
    assert not await one.write_if_free(add_account)
    assert await one.run_at_once(Mode.READ, count_accounts) == 1
    other_process.execute("COMMIT")
    await one.close()
    await databases.close()
