"""The pool: how many engines, connections, threads and files it holds, and what becomes of a cancelled act."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import text
from sqlmodel import Session

from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.folder.databases import CONNECTIONS_TO_BOOKS
from storage.sqlite.engines import DamagedStore
from storage.work.limits import Limits
from tests.support.faults import scaled
from tests.support.pools import MANY, LonePool, make_books
from tests.support.practice import practice
from tests.support.raw import raw_value
from tests.support.stores import is_on_server, open_store

IDS = [f"0199f3a0-0000-7000-8000-{number:012d}" for number in range(6)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with six sets of empty books."""
    return make_books(tmp_path, *IDS)


def open_files(folder: Path) -> list[str]:
    """The files below the folder that this process holds open, each as often as it does."""
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    targets = [os.readlink(link) for link in links if os.path.lexists(link)]
    return sorted(target for target in targets if target.startswith(f"{folder}/"))


def open_organizations(root: Path) -> set[str]:
    return {Path(name).parent.name for name in open_files(root / ORGANIZATIONS_FOLDER)}


def connections(root: Path, organization_id: str) -> int:
    return open_files(root).count(str(root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE))


def logs(root: Path, organization_id: str) -> int:
    """How often the log of these books is open: SQLite keeps files open beyond the connections to them, logs not."""
    return open_files(root).count(str(root / ORGANIZATIONS_FOLDER / organization_id / f"{BOOKS_FILE}-wal"))


def count_accounts(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM accounts")).scalar_one())


def add_account(number: int) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        session.execute(
            text("INSERT INTO accounts (number, name, type) VALUES (:number, 'Cash', 'asset')"), {"number": str(number)}
        )

    return work


def accounts_in(root: Path, organization_id: str) -> object:
    return raw_value(root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE, "SELECT count(*) FROM accounts")


async def let_others_run() -> None:
    """Give the loop enough turns for whatever is due."""
    for _ in range(20):
        await asyncio.sleep(0)


class Gate:
    """Work that stops in the middle of its transaction until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def work(self, session: Session) -> int:
        """Write, wait at the gate, and write again."""
        add_account(1)(session)
        self.reached.set()
        assert self.open.wait(30)
        add_account(2)(session)
        return 2

    def look(self, session: Session) -> int:
        """Only read and wait."""
        found = count_accounts(session)
        self.reached.set()
        assert self.open.wait(30)
        return found

    async def arrival(self) -> None:
        """Wait until the work has reached the gate."""
        assert await anyio.to_thread.run_sync(self.reached.wait, 30)


async def test_beyond_its_capacity_the_longest_unused_engine_is_closed(root: Path) -> None:
    pool = LonePool(root, capacity=3)
    for organization_id in IDS[:3]:
        await pool.read(organization_id, count_accounts, size=MANY)
    assert open_organizations(root) == set(IDS[:3])
    await pool.read(IDS[0], count_accounts, size=MANY)
    await pool.read(IDS[3], count_accounts, size=MANY)
    assert open_organizations(root) == {IDS[0], IDS[2], IDS[3]}
    await pool.read(IDS[1], count_accounts, size=MANY)
    assert open_organizations(root) == {IDS[0], IDS[1], IDS[3]}
    await pool.close()
    assert open_files(root) == []


async def test_an_engine_in_use_is_never_closed(root: Path) -> None:
    pool, gates = LonePool(root, capacity=1), [Gate(), Gate()]
    async with asyncio.TaskGroup() as tasks:
        kept = [tasks.create_task(pool.write(one, gate.work, size=MANY)) for one, gate in zip(IDS, gates, strict=False)]
        for gate in gates:
            await gate.arrival()
        for organization_id in IDS[2:]:
            await pool.read(organization_id, count_accounts, size=MANY)
        assert open_organizations(root) == set(IDS[:2])
        for gate in gates:
            gate.open.set()
    assert [task.result() for task in kept] == [2, 2]
    assert len(open_organizations(root)) == 1
    assert [accounts_in(root, one) for one in IDS[:2]] == [2, 2]
    await pool.close()


async def test_an_organization_has_two_connections_of_threads_at_most(root: Path) -> None:
    pool, gates = LonePool(root), [Gate() for _ in range(CONNECTIONS_TO_BOOKS)]
    async with asyncio.TaskGroup() as tasks:
        for gate in gates:
            tasks.create_task(pool.read(IDS[0], gate.look, size=MANY))
        for gate in gates:
            await gate.arrival()
        threads = threading.active_count()
        waiting = [tasks.create_task(pool.read(IDS[0], count_accounts, size=MANY)) for _ in range(20)]
        # Another organization is not held up by a busy one, and nobody who waits takes a thread or a connection.
        assert await pool.read(IDS[1], count_accounts, size=MANY) == 0
        # One more stands in the event loop, which has compared the books with their anchor.
        assert connections(root, IDS[0]) == CONNECTIONS_TO_BOOKS + 1 == 3
        assert threading.active_count() <= threads + 1
        assert not any(task.done() for task in waiting)
        for gate in gates:
            gate.open.set()
    assert [task.result() for task in waiting] == [0] * 20
    assert connections(root, IDS[0]) == 3
    await pool.close()


async def test_writers_wait_for_each_other_and_readers_for_nobody(root: Path) -> None:
    pool, gate = LonePool(root), Gate()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pool.write(IDS[0], gate.work, size=MANY))
        await gate.arrival()
        second = tasks.create_task(pool.write(IDS[0], add_account(3), size=MANY))
        assert await pool.read(IDS[0], count_accounts, size=MANY) == 0
        assert not second.done()
        gate.open.set()
    assert accounts_in(root, IDS[0]) == 3
    await pool.close()


def test_threads_and_files_return_to_the_base_after_closing(tmp_path: Path) -> None:
    async def use(root: Path) -> None:
        async with practice(root, client="Harbour Bakery") as one:
            books = one.books(one.first_client)
            customer = await one.customer(books)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(8):
                    tasks.create_task(one.issue(books, customer.id))
            assert is_on_server() or open_files(tmp_path)
        assert open_files(tmp_path) == []
        async with open_store(root):
            pass

    before, files = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
    for number in range(3):
        asyncio.run(use(tmp_path / f"data-{number}"))
        for thread in set(threading.enumerate()) - before:
            thread.join(30)
        assert set(threading.enumerate()) <= before
    assert len(os.listdir("/proc/self/fd")) == files


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_long_write_that_is_cancelled_is_waited_for_and_absent(root: Path, native: bool) -> None:
    pool, gate = LonePool(root), Gate()
    scope = anyio.CancelScope()

    async def write() -> None:
        with scope:
            await pool.write(IDS[0], gate.work, size=MANY)
        await let_others_run()

    task = asyncio.create_task(write())
    await gate.arrival()
    if native:
        task.cancel()
    else:
        scope.cancel()
    await let_others_run()
    assert not task.done(), "the caller waits until the transaction has ended"
    gate.open.set()
    await asyncio.wait([task])
    assert task.cancelled() is native
    assert accounts_in(root, IDS[0]) == 0
    await pool.write(IDS[0], add_account(3), size=MANY)
    assert accounts_in(root, IDS[0]) == 1
    await pool.close()
    assert open_files(root) == []


async def test_a_write_that_is_cancelled_while_it_waits_is_absent(root: Path) -> None:
    pool, gate = LonePool(root), Gate()
    first = asyncio.create_task(pool.write(IDS[0], gate.work, size=MANY))
    await gate.arrival()
    second = asyncio.create_task(pool.write(IDS[0], add_account(3), size=MANY))
    await let_others_run()
    second.cancel()
    await asyncio.wait([second])
    gate.open.set()
    assert await first == 2
    assert accounts_in(root, IDS[0]) == 2
    await pool.close()


@pytest.mark.faults
async def test_invoices_whose_callers_are_cancelled_at_any_moment_are_whole_or_absent(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        answered = 0
        for round_number in range(scaled(200)):
            with anyio.move_on_after(0.0005 * (round_number % 40)) as scope:
                await one.issue(books, customer.id)
            answered += not scope.cancelled_caught
        verified = await verify_books(books)
        assert verified.problem == ""
        assert verified.documents >= answered
        assert (await one.issue(books, customer.id)).position == verified.documents + 1


async def test_books_that_rest_keep_their_file_open_and_look_as_before(root: Path) -> None:
    pool = LonePool(root, limits=Limits(books_awake=2))
    for organization_id in IDS[:2]:
        await pool.write(organization_id, add_account(1))
        await pool.write(organization_id, add_account(2), size=MANY)
        assert await pool.read(organization_id, count_accounts) == 2
    before = await pool.looks(IDS[:1])
    assert logs(root, IDS[0]) == 3, "reading, writing, and in a thread"
    await pool.write(IDS[2], add_account(1))
    # Its connections have given way to those of the third: one that takes little memory keeps the log from being
    # written into the file, which would look as if somebody else had changed it.
    assert logs(root, IDS[0]) == 1
    assert {logs(root, one) for one in IDS[1:3]} == {2, 3}
    assert await pool.looks(IDS[:1]) == before
    await pool.write(IDS[0], add_account(3))
    assert await pool.read(IDS[0], count_accounts) == 3
    assert logs(root, IDS[1]) == 1
    # Whoever is at work in them keeps them awake, however many that are.
    gates = [Gate() for _ in IDS[3:6]]
    tasks = [
        asyncio.create_task(pool.write(one, gate.work, size=MANY)) for one, gate in zip(IDS[3:6], gates, strict=True)
    ]
    for gate in gates:
        await gate.arrival()
    await pool.read(IDS[0], count_accounts)
    for gate in gates:
        gate.open.set()
    await asyncio.gather(*tasks)
    await pool.close()
    assert open_files(root) == []


async def test_books_that_are_gone_are_an_error_and_are_not_made_anew(root: Path) -> None:
    pool = LonePool(root)
    path = root / ORGANIZATIONS_FOLDER / IDS[0] / BOOKS_FILE
    path.unlink()
    with pytest.raises(DamagedStore):
        await pool.write(IDS[0], count_accounts, size=MANY)
    assert not path.exists()
    with pytest.raises(ValueError, match="badly formed"):
        await pool.read("../../etc", count_accounts, size=MANY)
    await pool.close()
