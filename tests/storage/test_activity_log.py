"""The activity log is written behind whoever acts, bounded in memory and on the disk, and says what it left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.organizations import Environment, NewOrganization, OrganizationKind, Role
from storage.directory import activity_log, organizations, users
from storage.directory.activity import INSTALLATION, Bounds, Noted, noted_page
from storage.directory.activity_log import LEFT_OUT, ActivityLog
from storage.directory.database import DIRECTORY_FILE, Directory
from storage.sqlite.engines import StorageFault
from tests.support.clock import NOON
from tests.support.pools import lone_directory
from tests.support.raw import raw

KEPT = Bounds(rows=5, days=10)
BAKERY = NewOrganization(
    id="org-a",
    handle_base="bakery",
    name="Bakery",
    kind=OrganizationKind.STANDARD,
    environment=Environment.SANDBOX,
    country="GB",
    currency="GBP",
)
READ = Noted(NOON, "mcp", "find_customers", "ok", "org-a", named=True)


async def acts(directory: Directory, organization_id: str) -> list[tuple[str, int]]:
    page = await directory.read(lambda db: noted_page(db, organization_id, cursor="", limit=100))
    return [(one.act, one.times) for one in page.items]


async def test_each_log_keeps_its_newest_rows_and_none_that_is_too_old(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        log.note(replace(READ, organization_id="org-b", act="quiet"))
        for number in range(8):
            log.note(replace(READ, act=f"act-{number}"))
        await log.written()
        assert await acts(directory, "org-a") == [(f"act-{number}", 1) for number in (7, 6, 5, 4, 3)]
        assert await acts(directory, "org-b") == [("quiet", 1)]
        log.note(replace(READ, at=NOON + timedelta(days=11), act="later"))
        await log.written()
        assert await acts(directory, "org-a") == [("later", 1)]
        assert await acts(directory, "org-b") == []


async def test_a_log_is_read_in_pages_newest_first(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        for number in range(5):
            log.note(replace(READ, act=f"act-{number}", at=NOON + timedelta(minutes=number)))
        await log.written()
        first = await directory.read(lambda db: noted_page(db, "org-a", cursor="", limit=2))
        assert ([one.act for one in first.items], first.left) == (["act-4", "act-3"], 3)
        second = await directory.read(lambda db: noted_page(db, "org-a", cursor=first.next_cursor, limit=3))
        assert ([one.act for one in second.items], second.left, second.next_cursor) == (
            ["act-2", "act-1", "act-0"],
            0,
            "",
        )
        since, until = NOON + timedelta(minutes=1), NOON + timedelta(minutes=3)
        some = await directory.read(lambda db: noted_page(db, "org-a", cursor="", limit=9, since=since, until=until))
        assert [one.act for one in some.items] == ["act-2", "act-1"]
        for said, found in (("ACT-3", ["act-3"]), ("act_3", []), ("%", []), ("T-", 5)):
            limited = await directory.read(partial(noted_page, organization_id="org-a", cursor="", limit=9, said=said))
            assert found in ([one.act for one in limited.items], len(limited.items)), said
        none = await directory.read(lambda db: noted_page(db, "org-a", cursor="", limit=9, door="oauth"))
        assert len(none.items) == 0


async def test_what_names_no_organization_is_in_the_log_where_whoever_acted_is_at_home(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)

        def begin(db: Session) -> None:
            users.add_user(db, "usr-a", "a@example.com", now=NOON)
            organizations.add_organization(db, BAKERY, now=NOON, by="a@example.com")
            users.add_membership(db, "usr-a", BAKERY.id, Role.OWNER)

        await directory.write(begin)
        log.note(replace(READ, organization_id="", named=False, user_id="usr-a"))
        log.note(replace(READ, organization_id="", named=False, user_id="usr-unknown", act="lost"))
        await log.written()
        assert await acts(directory, "org-a") == [("find_customers", 1)]
        assert await acts(directory, INSTALLATION) == [("lost", 1)]


async def test_what_is_too_much_at_once_is_counted_and_told_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_log, "WAITING_MAX", 3)
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        for number in range(10):
            log.note(replace(READ, act=f"act-{number}"))
        await log.written()
        assert await acts(directory, "org-a") == [(LEFT_OUT, 7), ("act-2", 1), ("act-1", 1), ("act-0", 1)]


async def test_strangers_get_one_row_an_hour_for_each_reason(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        for minutes in range(0, 90, 15):
            for _ in range(4):
                log.count("mcp", "authenticate", "expired", at=NOON + timedelta(minutes=minutes))
            await log.written()
        assert await acts(directory, INSTALLATION) == [("authenticate", 8), ("authenticate", 16)]


async def test_what_was_noted_is_written_within_a_second_or_when_the_log_closes(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        log.note(READ)
        assert await acts(directory, "org-a") == []
        await log.close()
        assert await acts(directory, "org-a") == [("find_customers", 1)]
    assert activity_log._LATE_MS_MAX <= 1_000


async def test_what_could_not_be_written_waits_for_the_next_time(tmp_path: Path) -> None:
    async with lone_directory(tmp_path) as directory:
        log = ActivityLog(directory, KEPT)
        with raw(tmp_path / DIRECTORY_FILE) as connection:
            connection.execute("ALTER TABLE activity RENAME TO hidden")
        log.note(READ)
        log.count("mcp", "authenticate", "expired", at=NOON)
        with pytest.raises(StorageFault):
            await log.written()
        log.note(replace(READ, act="next"))
        with raw(tmp_path / DIRECTORY_FILE) as connection:
            connection.execute("ALTER TABLE hidden RENAME TO activity")
        await log.written()
        assert await acts(directory, "org-a") == [("next", 1), ("find_customers", 1)]
        assert await acts(directory, INSTALLATION) == [("authenticate", 1)]
