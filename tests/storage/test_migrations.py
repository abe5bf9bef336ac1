"""Migrations: they make what the models say, state their number, and go on where they were interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

import storage.directory.activity_tables
import storage.directory.authorization_tables  # Its tables are the directory's too.
import storage.directory.followed_tables  # Its tables are the directory's too.
import storage.directory.identity_tables  # Its tables are the directory's too.
import storage.directory.overview_tables  # Its tables are the directory's too.
import storage.directory.provider_tables  # noqa: F401  # Its tables are the directory's too.
from invoicing.organizations import EVERYTHING, READ_ONLY, scopes_of
from operations.verification import verify_books
from storage import migrations
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.books.settings_tables import BOOKS_METADATA
from storage.directory.access_queries import ORDER, REACHABLE_NOW
from storage.directory.database import DIRECTORY_FILE
from storage.directory.tables import DIRECTORY_METADATA
from storage.folder.migrating import MigrationReport, migrate_all
from storage.migrations import head_stamp, migrate_file
from storage.sqlite.engines import DamagedStore, FileKind, new_file_engine, stamp_of
from storage.sqlite.fingerprints import expected_fingerprint, schema_fingerprint
from tests.support.faults import scaled
from tests.support.practice import practice
from tests.support.processes import race
from tests.support.raw import older_books, older_directory, raw, raw_value
from tests.support.steps import steps_of

KINDS = [(FileKind.DIRECTORY, DIRECTORY_METADATA), (FileKind.BOOKS, BOOKS_METADATA)]


MIGRATOR = """
import sys
from pathlib import Path
from storage.folder.migrating import migrate_all

print("ready", flush=True)
sys.stdin.readline()
assert migrate_all(Path(sys.argv[1]), lambda done, of: None).failed == ()
"""


def silent(done: int, of: int) -> None:
    """Nobody watches."""


def differences(path: Path, metadata: MetaData) -> list[object]:
    engine = new_file_engine(path)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, metadata))
    finally:
        engine.dispose()


def revisions(kind: FileKind) -> list[str]:
    folder = Path(migrations.__file__).parent / kind.name.lower()
    return [script.revision for script in ScriptDirectory(str(folder)).walk_revisions()][::-1]


# SQLAlchemy cannot read an index on an expression back, nor compare it.
@pytest.mark.filterwarnings("ignore:.*expression-based index .?ix_organizations_listed")
@pytest.mark.parametrize(("kind", "metadata"), KINDS)
def test_the_migrations_make_what_the_models_say(tmp_path: Path, kind: FileKind, metadata: MetaData) -> None:
    path = tmp_path / "new.db"
    migrate_file(path, kind)
    assert differences(path, metadata) == []
    assert stamp_of(path) == head_stamp(kind)


@pytest.mark.parametrize("kind", FileKind)
def test_the_fingerprint_that_files_are_compared_with_is_that_of_the_newest_revision(
    tmp_path: Path, kind: FileKind
) -> None:
    path = tmp_path / "new.db"
    migrate_file(path, kind)
    with raw(path) as connection:
        found = schema_fingerprint(connection)
    version = head_stamp(kind).schema_version
    assert expected_fingerprint(kind, version) == found, f"FINGERPRINTS[FileKind.{kind.name}, {version}] is {found}"


@pytest.mark.parametrize("kind", FileKind)
def test_revisions_are_numbered_without_a_gap_and_the_last_is_the_schema_version(kind: FileKind) -> None:
    found = revisions(kind)
    assert found == [f"{number:04d}" for number in range(1, len(found) + 1)]
    assert head_stamp(kind).schema_version == len(found)


def test_a_file_states_the_revision_it_has_come_to_also_when_interrupted(tmp_path: Path) -> None:
    path = tmp_path / BOOKS_FILE
    with raw(path) as connection:
        connection.execute("CREATE TABLE journal_lines (obstacle)")
    with pytest.raises(OperationalError):
        migrate_file(path, FileKind.BOOKS)
    assert raw_value(path, "PRAGMA user_version") == 1
    assert raw_value(path, "SELECT version_num FROM alembic_version") == "0001"
    assert raw_value(path, "SELECT count(*) FROM sqlite_master WHERE name IN ('documents', 'files')") == 0


def test_an_interrupted_migration_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / BOOKS_FILE
    older_books(path, "0199f3a0-0000-7000-8000-000000000001")
    migrate_file(path, FileKind.BOOKS)
    assert differences(path, BOOKS_METADATA) == []
    assert stamp_of(path) == head_stamp(FileKind.BOOKS, "0199f3a0-0000-7000-8000-000000000001")
    migrate_file(path, FileKind.BOOKS)
    assert stamp_of(path).schema_version == len(revisions(FileKind.BOOKS))


def test_credentials_keep_what_they_may_do_when_scopes_take_the_place_of_read_only(tmp_path: Path) -> None:
    path = tmp_path / DIRECTORY_FILE
    older_directory(path, "0005")
    with raw(path) as connection:
        connection.execute("INSERT INTO users VALUES ('usr_1', 'ana@example.com', '', '2026-01-01 00:00:00')")
        for name, read_only in (("reads", 1), ("changes", 0)):
            connection.execute(
                "INSERT INTO credentials (id, kind, name, prefix, user_id, read_only, created_at, created_by)"
                " VALUES (?, 'token', ?, ?, 'usr_1', ?, '2026-01-01 00:00:00', 'ana@example.com')",
                (f"crd_{name}", name, f"cft_{name}", read_only),
            )
    migrate_file(path, FileKind.DIRECTORY)
    with raw(path) as connection:
        kept = dict(connection.execute("SELECT name, scopes FROM credentials WHERE audience = ''"))
    assert {name: scopes_of(text) for name, text in kept.items()} == {"reads": READ_ONLY, "changes": EVERYTHING}


def test_credentials_know_their_maker_by_the_address_that_is_on_record(tmp_path: Path) -> None:
    path = tmp_path / DIRECTORY_FILE
    older_directory(path, "0008")
    with raw(path) as connection:
        connection.execute("INSERT INTO users VALUES ('usr_1', 'ana@example.com', '', '2026-01-01 00:00:00')")
        for by in ("ana@example.com", "before@example.com"):
            connection.execute(
                "INSERT INTO credentials (id, kind, name, prefix, user_id, scopes, created_at, created_by)"
                " VALUES (?1, 'token', ?1, ?1, 'usr_1', 'read', '2026-01-01 00:00:00', ?1)",
                (by,),
            )
    migrate_file(path, FileKind.DIRECTORY)
    with raw(path) as connection:
        made = dict(connection.execute("SELECT created_by, made_by FROM credentials"))
    assert made == {"ana@example.com": "usr_1", "before@example.com": ""}


async def test_all_books_are_brought_up_and_what_is_current_is_left_alone(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, studio = one.first_client, await one.client("Finch Studio")
        books = one.books(studio)
        await one.issue(books, (await one.customer(books)).id)
    path = f"{ORGANIZATIONS_FOLDER}/{bakery.id}/{BOOKS_FILE}"
    older_books(tmp_path / path, bakery.id)
    steps: list[tuple[int, int]] = []
    assert migrate_all(tmp_path, lambda done, of: steps.append((done, of))) == MigrationReport((path,), 3, ())
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert stamp_of(tmp_path / path) == head_stamp(FileKind.BOOKS, bakery.id)
    assert migrate_all(tmp_path, silent) == MigrationReport((), 4, ())


async def test_nothing_to_do_is_found_out_by_a_look_at_each_file_and_while_books_are_in_use(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        clients = [await one.client(f"Client {number}") for number in range(5)]
        books = one.books(clients[0])
        customer = await one.customer(books)
        invoice = await one.issue(books, customer.id)
        assert migrate_all(tmp_path, silent).current == 7
        # 2,200 for each file; alembic takes 13,800 to find out which revision is the newest.
        assert steps_of(lambda: migrate_all(tmp_path, silent)) < 7 * 5_000
        # A second opening of the file must not have taken the locks of the first one away.
        await one.issue(books, customer.id)
        assert (await verify_books(books)).problem == ""
        assert invoice.position == 1


@pytest.mark.faults
async def test_processes_that_start_at_once_may_all_migrate(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        clients = [await one.client(f"Client {number}") for number in range(scaled(50))]
    for client in clients:
        older_books(tmp_path / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE, client.id)
    race(MIGRATOR, str(tmp_path), count=3)
    assert migrate_all(tmp_path, silent) == MigrationReport((), len(clients) + 2, ())
    for client in clients:
        assert differences(tmp_path / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE, BOOKS_METADATA) == []


async def test_damaged_books_of_one_organization_do_not_stop_the_others(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        clients = [await one.client(name) for name in ("Missing", "Swapped", "Newer", "Garbled", "Older")]
    folders = [tmp_path / ORGANIZATIONS_FOLDER / client.id for client in clients]
    missing, swapped, newer, garbled, older = (folder / BOOKS_FILE for folder in folders)
    missing.unlink()
    older_books(swapped, clients[0].id)
    older_books(older, clients[4].id)
    garbled.write_bytes(b"no database " * 500)
    with raw(newer) as connection:
        connection.execute("PRAGMA user_version = 9999")
    report = migrate_all(tmp_path, silent)
    assert report.migrated == (older.relative_to(tmp_path).as_posix(),)
    assert report.current == 2
    failed = {path.relative_to(tmp_path).as_posix() for path in (missing, swapped, newer, garbled)}
    assert {path for path, _ in report.failed} == failed
    assert not missing.exists()


async def test_a_newer_directory_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path):
        pass
    with raw(tmp_path / DIRECTORY_FILE) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(DamagedStore, match="newer"):
        migrate_all(tmp_path, silent)


def test_where_there_is_no_data_folder_there_is_nothing_to_migrate(tmp_path: Path) -> None:
    assert migrate_all(tmp_path / "none", silent) == MigrationReport((), 0, ())
    assert not (tmp_path / "none").exists()


def test_lists_of_organizations_are_read_in_the_order_of_their_index(tmp_path: Path) -> None:
    path = tmp_path / "directory.db"
    migrate_file(path, FileKind.DIRECTORY)
    with raw(path) as connection:
        statement = compiled(REACHABLE_NOW.order_by(*ORDER))
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", ["usr_1"] * statement.count("?"))
        steps = [str(row[3]) for row in plan]
    assert "SCAN organizations USING INDEX ix_organizations_listed" in steps
    assert not [step for step in steps if "TEMP B-TREE" in step]


def compiled(statement: Select[*tuple[Any, ...]]) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))
