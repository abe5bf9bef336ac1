"""What an operator's slip can do to the files of two organizations, and what is refused because of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from storage.directory import organizations
from storage.folder.databases import FolderDatabases
from storage.folder.store import Store
from storage.sqlite.engines import DamagedStore, GuardedFile, copy_live
from tests.support.folders import folder_of
from tests.support.pools import MANY
from tests.support.practice import Practice, practice

LOG = f"{BOOKS_FILE}-wal"

# Something of which the audit trail knows nothing.
KEY = "INSERT INTO idempotency_keys VALUES ('another tool', '1', '', 'x', '2026-01-01 00:00:00')"


async def two_with_invoices(one: Practice) -> tuple[OrganizationRef, OrganizationRef]:
    bakery, studio = await one.client("Harbour Bakery"), await one.client("Finch Studio")
    for organization in (bakery, studio):
        books = one.books(organization)
        customer = await one.customer(books)
        await one.issue(books, customer.id)
    return bakery, studio


def crashed_copy(root: Path, target: Path) -> Path:
    """The folder as a crash would leave it: with the logs that an orderly end would have written into the files."""
    shutil.copytree(root, target)
    for shared_memory in target.rglob("*-shm"):
        shared_memory.unlink()
    return target


def exchange(root: Path, bakery: OrganizationRef, studio: OrganizationRef, name: str) -> None:
    first, second = (root / "organizations" / one.id / name for one in (bakery, studio))
    os.rename(first, first.with_suffix(".aside"))
    os.rename(second, first)
    os.rename(first.with_suffix(".aside"), second)


async def count_documents(root: Path, organization: OrganizationRef) -> int:
    store = Store(root, FolderDatabases(root))
    try:
        return await store.pool.read(
            organization.id,
            lambda db: db.connection().exec_driver_sql("SELECT count(*) FROM documents").scalar_one(),
        )
    finally:
        await store.close()


async def test_logs_that_changed_places_after_a_crash_are_refused(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        bakery, studio = await two_with_invoices(one)
        root = crashed_copy(one.root, tmp_path / "crashed")
    exchange(root, bakery, studio, LOG)
    for organization in (bakery, studio):
        with pytest.raises(DamagedStore):
            await count_documents(root, organization)


async def test_a_refused_file_can_be_put_back_unharmed(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        bakery, studio = await two_with_invoices(one)
        root = crashed_copy(one.root, tmp_path / "crashed")
    exchange(root, bakery, studio, BOOKS_FILE)
    for organization in (bakery, studio):
        with pytest.raises(DamagedStore):
            await count_documents(root, organization)
    exchange(root, bakery, studio, BOOKS_FILE)
    assert [await count_documents(root, organization) for organization in (bakery, studio)] == [1, 1]


async def test_nothing_is_written_into_a_file_that_was_moved_away(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_with_invoices(one)
        books = one.books(bakery)
        customer = await one.customer(books, "Hotel Avon")
        path = folder_of(books) / BOOKS_FILE
        path.rename(path.with_suffix(".moved"))
        with pytest.raises(DamagedStore):
            await one.issue(books, customer.id)
        path.with_suffix(".moved").rename(path)
        await one.issue(books, customer.id)
        assert (await verify_books(books)).problem == ""


async def refuse_everything(one: Practice, books: Books, customer: str) -> None:
    with pytest.raises(DamagedStore):
        await one.issue(books, customer)
    with pytest.raises(DamagedStore):
        await books.read(count)
    with pytest.raises(DamagedStore):
        await books.read(count)


def put_in_place(path: Path, other: Path) -> Path:
    """Put a copy of another file in the place of one in use, and answer where that one is now."""
    aside = path.with_suffix(".aside")
    os.rename(path, aside)
    shutil.copy(other, path)
    return aside


@pytest.mark.parametrize("foreign", [True, False], ids=["another organization's", "an older copy of its own"])
async def test_a_file_that_is_replaced_while_it_is_served_is_never_used(tmp_path: Path, foreign: bool) -> None:
    async with practice(tmp_path / "data") as one:
        bakery, studio = await two_with_invoices(one)
        mine, theirs = (one.root / "organizations" / each.id / BOOKS_FILE for each in (bakery, studio))
        older = tmp_path / "older.db"
        copy_live(theirs if foreign else mine, older)
        books = one.books(bakery)
        customer = await one.customer(books, "Bar Sol")
        await one.issue(books, customer.id)
        log = mine.with_name(LOG).read_bytes()
        aside = put_in_place(mine, older)
        replaced = mine.read_bytes()
        for _ in range(4):
            await refuse_everything(one, books, customer.id)
        assert (mine.with_name(LOG).read_bytes(), mine.read_bytes()) == (log, replaced)
        os.replace(aside, mine)
        assert (await books.read(count), await books.read(count)) == (2, 2)
        await one.issue(books, customer.id)
        assert (await verify_books(books)).documents == 3


@pytest.mark.parametrize("brief", [True, False], ids=["a brief transaction", "a long one"])
@pytest.mark.parametrize("when", ["before the commit", "with the commit"])
async def test_what_was_written_into_a_file_that_was_replaced_meanwhile_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brief: bool, when: str
) -> None:
    async with practice(tmp_path / "data") as one:
        bakery, _ = await two_with_invoices(one)
        books = one.books(bakery)
        mine, older = folder_of(books) / BOOKS_FILE, tmp_path / "older.db"
        copy_live(mine, older)
        check, aside = GuardedFile.check, list[Path]()

        def write(session: Session) -> None:
            session.connection().exec_driver_sql(KEY)
            if when == "before the commit":
                aside.append(put_in_place(mine, older))
            else:
                monkeypatch.setattr(GuardedFile, "check", check_and_replace)

        def check_and_replace(file: GuardedFile) -> None:
            check(file)
            if not aside:
                aside.append(put_in_place(mine, older))

        with pytest.raises(DamagedStore):
            await one.store.pool.write(bakery.id, write, size=1 if brief else MANY)
        os.replace(aside[0], mine)
        assert (await verify_books(books)).problem == ""


async def test_a_directory_that_is_replaced_while_it_is_served_lets_nobody_in(tmp_path: Path) -> None:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        directory = one.root / "directory.db"
        copy_live(directory, tmp_path / "older.db")
        put_in_place(directory, tmp_path / "older.db")
        for run in (one.store.directory.read, one.store.directory.write):
            with pytest.raises(DamagedStore):
                await run(organizations.count_all)
        assert not await one.store.directory.note(organizations.count_all)


def count(session: Session) -> int:
    return int(session.connection().exec_driver_sql("SELECT count(*) FROM documents").scalar_one())


async def test_a_file_that_a_newer_program_migrates_while_it_is_served_is_left_alone(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        bakery, _ = await two_with_invoices(one)
        books = one.books(bakery)
        customer = await one.customer(books, "Bar Sol")
        assert (await books.read(count), await books.read(count)) == (1, 1)
        with closing(sqlite3.connect(folder_of(books) / BOOKS_FILE, isolation_level=None)) as newer:
            (version,) = newer.execute("PRAGMA user_version").fetchone()
            newer.execute(f"PRAGMA user_version = {version + 1}")
            for _ in range(2):
                await refuse_everything(one, books, customer.id)
            newer.execute(f"PRAGMA user_version = {version}")
        await one.issue(books, customer.id)
        assert (await books.read(count), await books.read(count)) == (2, 2)
