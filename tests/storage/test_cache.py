"""What is remembered of settings from one transaction to the next is always what is in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
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
from storage.books.audit import record
from storage.books.profile import load_profile, load_time_zone, save_profile
from storage.books.settings_tables import BooksTable
from storage.queries import cache, statements
from tests.support import stores
from tests.support.clock import NOON
from tests.support.pools import MANY, LonePool, make_books

ONE = "0199f3a0-0000-7000-8000-000000000001"
OTHER = "0199f3a0-0000-7000-8000-000000000002"

PROFILE = Profile(name="Before", country="GB", time_zone="Europe/London", environment=Environment.LIVE)


def note(read: list[str]) -> str:
    read.append("read")
    return "value"


def add_an_entry(session: Session) -> None:
    record(session, "test", "", at=NOON, by="somebody", detail={})


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


CHANGES = [rename("After"), rename_by_the_orm, rename_by_text, rename_by_table]


@pytest.fixture
async def pool(root: Path) -> AsyncIterator[LonePool]:
    """What this process has open."""
    pool = LonePool(root)
    yield pool
    await pool.close()


@pytest.fixture
async def other_process(root: Path) -> AsyncIterator[LonePool]:
    """The same of another process: it has no memory in common."""
    pool = LonePool(root)
    yield pool
    await pool.close()


async def names(pool: LonePool, organization: str = ONE) -> set[str]:
    """The name as it is seen by reading and by writing transactions."""
    return {(await run(organization, load_profile)).name for run in (pool.read, pool.write)}


class Asked:
    """A setting that says how often it was read, and something that any commit may change."""

    def __init__(self) -> None:
        self.settings, self.for_now = 0, 0

    def __call__(self, session: Session) -> tuple[str, str]:
        settings = cache.remembered(session, ("what",), lambda _: self._count("settings"))
        return settings, cache.remembered_for_now(session, ("what",), lambda _: self._count("for_now"))

    def _count(self, which: str) -> str:
        setattr(self, which, getattr(self, which) + 1)
        return which


async def test_settings_are_read_once(pool: LonePool) -> None:
    asked = Asked()
    # The first transaction on a server sees whose books these are.
    await names(pool)
    for _ in range(3):
        assert await pool.write(ONE, asked) == ("settings", "for_now")
    assert asked.settings == 1
    # A thread's connection is nobody's for long.
    await pool.write(ONE, asked, size=MANY)
    await pool.write(ONE, asked, size=MANY)
    assert asked.settings == 3


async def test_what_is_added_every_day_by_another_process_leaves_settings_of_a_server(
    pool: LonePool, other_process: LonePool
) -> None:
    asked = Asked()
    await names(pool)
    for _ in range(3):
        await pool.write(ONE, asked)
        await other_process.write(ONE, add_an_entry)
    assert asked.settings == (1 if stores.is_on_server() else 3), "of a file all is forgotten"
    assert asked.for_now == 3


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("in_a_thread", [False, True])
async def test_a_change_is_seen_at_once(pool: LonePool, change: Callable[[Session], None], in_a_thread: bool) -> None:
    for _ in range(2):
        assert await names(pool) == {"Before"}
    await pool.write(ONE, change, size=MANY if in_a_thread else 1)
    assert await names(pool) == {"After"}
    assert await names(pool, OTHER) == {"Before"}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("in_a_thread", [False, True])
async def test_a_change_of_another_process_is_seen_at_once(
    pool: LonePool, other_process: LonePool, change: Callable[[Session], None], in_a_thread: bool
) -> None:
    for _ in range(2):
        assert await names(pool) == {"Before"}
        assert await pool.read(ONE, load_time_zone) == "Europe/London"
    await other_process.write(ONE, change, size=MANY if in_a_thread else 1)
    assert await names(pool) == {"After"}
    # Each change is another one, also where it makes things what they were.
    await other_process.write(ONE, rename("Before"))
    assert await names(pool) == {"Before"}


async def test_who_reads_what_was_before_a_change_leaves_it_to_nobody(pool: LonePool, other_process: LonePool) -> None:
    """On a server transactions of one process read side by side, each what was there when it began."""
    await names(pool)
    async with pool.snapshot(ONE) as earlier:
        assert (await earlier.read(load_profile)).name == "Before"
        await other_process.write(ONE, rename("After"))
        assert await names(pool) == {"After"}
        assert (await earlier.read(load_profile)).name == "Before"
        assert await names(pool) == {"After"}


@pytest.mark.parametrize("error", [NotFound("no"), ValueError("no")], ids=repr)
async def test_a_change_that_is_not_kept_is_not_remembered(pool: LonePool, error: Exception) -> None:
    def change_read_and_raise(session: Session) -> None:
        rename("Never")(session)
        assert load_profile(session).name == "Never"
        raise error

    for _ in range(2):
        with pytest.raises(type(error)):
            await pool.write(ONE, change_read_and_raise)
        assert await names(pool) == {"Before"}


@pytest.mark.parametrize("error", [NotFound("no"), ValueError("no"), None], ids=repr)
async def test_what_was_written_is_remembered_only_where_it_is_kept(pool: LonePool, error: Exception | None) -> None:
    def write(session: Session) -> None:
        cache.remember_for_now(session, ("end",), "written")
        if error is not None:
            raise error

    def end(session: Session) -> str:
        return cache.remembered_for_now(session, ("end",), lambda _: "read")

    with suppress(NotFound, ValueError):
        await pool.write(ONE, write)
    assert await pool.write(ONE, end) == ("written" if error is None else "read")
    assert await pool.read(ONE, end) == "read"
    assert await pool.write(OTHER, end) == "read"


@pytest.mark.parametrize("table", BooksTable.metadata.sorted_tables, ids=lambda table: table.name)
async def test_every_table_of_settings_is_watched(pool: LonePool, table: Table) -> None:
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
    documents |= {"change_marks"}
    read: list[str] = []

    def write(session: Session) -> None:
        cache.remembered(session, ("what",), lambda _: note(read))
        statements.execute(session, table.delete().where(text("0")))
        cache.remembered(session, ("what",), lambda _: note(read))

    await pool.write(ONE, write)
    assert len(read) == (1 if table.name in documents else 2)
