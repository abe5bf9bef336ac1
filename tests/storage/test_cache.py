"""What a standing connection remembers of the settings is always what is in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table, bindparam, text
from sqlmodel import Session

from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment
from invoicing.refusals import NotFound
from storage.books import settings_tables
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.books.profile import load_profile, load_time_zone, save_profile
from storage.books.settings_tables import BooksTable
from storage.queries import cache, statements
from tests.support.pools import MANY, LonePool, make_books
from tests.support.raw import raw

ONE = "0199f3a0-0000-7000-8000-000000000001"
OTHER = "0199f3a0-0000-7000-8000-000000000002"

PROFILE = Profile(name="Before", country="GB", time_zone="Europe/London", environment=Environment.LIVE)


def note(read: list[str]) -> str:
    read.append("read")
    return "value"


def rename(name: str) -> Callable[[Session], None]:
    return lambda session: save_profile(session, replace(load_profile(session), name=name))


def rename_by_the_orm(session: Session) -> None:
    session.get_one(settings_tables.Profile, 1).name = "After"


def rename_by_text(session: Session) -> None:
    session.execute(text("UPDATE profile SET name = 'After'"))


def rename_by_table(session: Session) -> None:
    table = statements.table_of(settings_tables.Profile)
    statements.execute(session, table.update().values(name=bindparam("called")), {"called": "After"})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with two sets of books."""
    return make_books(tmp_path, ONE, OTHER, fill=lambda session: save_profile(session, PROFILE))


@pytest.fixture
def other_process(root: Path) -> Iterator[sqlite3.Connection]:
    """A connection as another process would have one."""
    path = root / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE
    with raw(path) as connection:
        yield connection


async def names(pool: LonePool, organization: str = ONE) -> set[str]:
    """The name as it is seen by reading and by writing transactions."""
    return {(await run(organization, load_profile)).name for run in (pool.read, pool.write)}


async def test_settings_are_read_once(root: Path) -> None:
    read: list[str] = []

    def load(session: Session) -> str:
        return cache.remembered(session, ("what",), lambda _: note(read))

    pool = LonePool(root)
    for _ in range(3):
        assert await pool.write(ONE, load) == "value"
    assert read == ["read"]
    # A thread's connection is nobody's for long.
    await pool.write(ONE, load, size=MANY)
    await pool.write(ONE, load, size=MANY)
    assert read == ["read"] * 3
    await pool.close()


@pytest.mark.parametrize("change", [rename("After"), rename_by_the_orm, rename_by_text, rename_by_table])
@pytest.mark.parametrize("in_a_thread", [False, True])
async def test_a_change_is_seen_at_once(root: Path, change: Callable[[Session], None], in_a_thread: bool) -> None:
    pool = LonePool(root)
    assert await names(pool) == {"Before"}
    await pool.write(ONE, change, size=MANY if in_a_thread else 1)
    assert await names(pool) == {"After"}
    assert await names(pool, OTHER) == {"Before"}
    await pool.close()


async def test_a_change_of_another_process_is_seen_at_once(root: Path, other_process: sqlite3.Connection) -> None:
    pool = LonePool(root)
    assert await names(pool) == {"Before"}
    assert await pool.read(ONE, load_time_zone) == "Europe/London"
    other_process.execute("UPDATE profile SET name = 'After', time_zone = 'Asia/Tokyo'")
    assert await names(pool) == {"After"}
    assert await pool.read(ONE, load_time_zone) == "Asia/Tokyo"
    await pool.close()


@pytest.mark.parametrize("error", [NotFound("no"), ValueError("no")], ids=repr)
async def test_a_change_that_is_not_kept_is_not_remembered(root: Path, error: Exception) -> None:
    def change_read_and_raise(session: Session) -> None:
        rename("Never")(session)
        assert load_profile(session).name == "Never"
        raise error

    pool = LonePool(root)
    with pytest.raises(type(error)):
        await pool.write(ONE, change_read_and_raise)
    assert await names(pool) == {"Before"}
    await pool.close()


@pytest.mark.parametrize("error", [NotFound("no"), ValueError("no"), None], ids=repr)
async def test_what_was_written_is_remembered_only_where_it_is_kept(root: Path, error: Exception | None) -> None:
    def write(session: Session) -> None:
        cache.remember(session, ("end",), "written")
        if error is not None:
            raise error

    def end(session: Session) -> str:
        return cache.remembered(session, ("end",), lambda _: "read")

    pool = LonePool(root)
    with suppress(NotFound, ValueError):
        await pool.write(ONE, write)
    assert await pool.write(ONE, end) == ("written" if error is None else "read")
    assert await pool.read(ONE, end) == "read"
    assert await pool.write(OTHER, end) == "read"
    await pool.close()


@pytest.mark.parametrize("table", BooksTable.metadata.sorted_tables, ids=lambda table: table.name)
async def test_every_table_of_settings_is_watched(root: Path, table: Table) -> None:
    """What a module may write without a word is a list of names; a new table is not on it."""
    documents = {"customers", "items", "drafts", "documents", "document_lines", "document_taxes", "journal_entries"}
    documents |= {"exports", "export_requests", "export_days", "document_tax_parts"}
    documents |= {"receivables", "community_supplies", "settlement_taxes", "line_dimensions"}
    documents |= {"document_instalments", "payment_references", "advance_entries", "approvals", "document_approvals"}
    documents |= {"former_documents", "former_payments", "former_receivables"}
    documents |= {"approval_signatures", "approval_keys", "approval_challenges"}
    documents |= {"billing_hours", "billed_hours", "billed_periods", "recurring_drafts"}
    documents |= {f"{what}_totals" for what in ("account", "customer", "item", "dimension", "tax")}
    documents |= {"journal_lines", "payments", "audit_entries", "idempotency_keys", "files", "series_periods"}
    read: list[str] = []

    def write(session: Session) -> None:
        cache.remembered(session, ("what",), lambda _: note(read))
        statements.execute(session, table.delete().where(text("0")))
        cache.remembered(session, ("what",), lambda _: note(read))

    pool = LonePool(root)
    await pool.write(ONE, write)
    assert len(read) == (1 if table.name in documents else 2)
    await pool.close()
