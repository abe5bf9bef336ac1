"""The guards of every connection: what is not exactly the file that is wanted is refused."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.folder.provisioning import ensure_directory_file, provision_books
from storage.migrations import head_stamp
from storage.sqlite.engines import (
    DamagedStore,
    Fault,
    FileKind,
    Mode,
    OutdatedStore,
    copy_live,
    examine,
    guarded_engine,
    is_current,
    open_guarded,
    read_once,
    run_transaction,
    stamp_of,
)
from tests.support.clock import NOON
from tests.support.raw import damage_page_of, older_books, raw

ONE = "0199f3a0-0000-7000-8000-000000000001"
OTHER = "0199f3a0-0000-7000-8000-000000000002"
STAMP = head_stamp(FileKind.BOOKS, ONE)


def books_of(root: Path, organization_id: str) -> Path:
    ensure_directory_file(root)
    provision_books(root, organization_id, now=NOON, fill=lambda _: None)
    return root / "organizations" / organization_id / BOOKS_FILE


def setting(connection: sqlite3.Connection, pragma: str) -> object:
    return connection.execute(f"PRAGMA {pragma}").fetchone()[0]


def test_sound_books_are_opened_with_every_setting(tmp_path: Path) -> None:
    with closing(open_guarded(books_of(tmp_path, ONE), STAMP)) as connection:
        found = {name: setting(connection, name) for name in ("foreign_keys", "synchronous", "journal_mode")}
        assert found == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
        assert setting(connection, "trusted_schema") == 0
        assert setting(connection, "recursive_triggers") == 1
        assert setting(connection, "secure_delete") == 1
        assert setting(connection, "busy_timeout") == 5_000


def test_a_missing_file_is_refused_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DamagedStore):
        open_guarded(path, STAMP)
    assert not path.exists()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(DamagedStore):
        open_guarded(path, STAMP)


def test_the_books_of_another_organization_are_refused(tmp_path: Path) -> None:
    one, other = books_of(tmp_path, ONE), books_of(tmp_path, OTHER)
    shutil.copyfile(other, one)
    with pytest.raises(DamagedStore, match="another organization"):
        open_guarded(one, STAMP)


def test_the_template_is_nobodys_books(tmp_path: Path) -> None:
    books_of(tmp_path, ONE)
    (template,) = (tmp_path / "templates").iterdir()
    with pytest.raises(DamagedStore, match="another organization"):
        open_guarded(template, STAMP)


def test_a_directory_is_no_books_and_books_are_no_directory(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    with pytest.raises(DamagedStore, match="not a Counterfoil books file"):
        open_guarded(tmp_path / DIRECTORY_FILE, STAMP)
    with pytest.raises(DamagedStore, match="not a Counterfoil directory file"):
        open_guarded(path, head_stamp(FileKind.DIRECTORY))


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with raw(path) as connection:
        connection.execute("CREATE TABLE identity (organization_id)")
    with pytest.raises(DamagedStore):
        open_guarded(path, STAMP)


def test_older_books_are_told_apart_from_damaged_ones(tmp_path: Path) -> None:
    path = tmp_path / BOOKS_FILE
    older_books(path, ONE)
    with pytest.raises(OutdatedStore):
        open_guarded(path, STAMP)
    assert not is_current(path, STAMP)


def test_newer_books_are_refused(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    assert is_current(path, STAMP)
    with raw(path) as connection:
        connection.execute(f"PRAGMA user_version = {STAMP.schema_version + 1}")
    with pytest.raises(DamagedStore, match="newer") as refused:
        open_guarded(path, STAMP)
    assert not isinstance(refused.value, OutdatedStore)
    assert not is_current(path, STAMP)


@pytest.mark.parametrize("keep_bytes", [1, 99, 100, 4095, 4096, 40_960])
def test_a_truncated_file_is_refused(tmp_path: Path, keep_bytes: int) -> None:
    path = books_of(tmp_path, ONE)
    with path.open("rb+") as stream:
        stream.truncate(keep_bytes)
    with pytest.raises(DamagedStore):
        open_guarded(path, STAMP)


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    damage_page_of(path, "ix_items_name_key")
    with pytest.raises(DamagedStore) as refused:
        examine(path, STAMP)
    assert refused.value.fault is Fault.DAMAGED


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / BOOKS_FILE
    path.write_bytes(b"Counterfoil " * 1000)
    with pytest.raises(DamagedStore, match="not one of Counterfoil's"):
        open_guarded(path, STAMP)
    with pytest.raises(DamagedStore):
        stamp_of(path)
    with pytest.raises(DamagedStore):
        copy_live(path, tmp_path / "copy.db")
    assert not is_current(path, STAMP)


def test_another_database_cannot_be_attached(tmp_path: Path) -> None:
    one, other = books_of(tmp_path, ONE), books_of(tmp_path, OTHER)
    with (
        closing(open_guarded(one, STAMP)) as connection,
        pytest.raises(sqlite3.OperationalError, match="too many attached"),
    ):
        connection.execute(f"ATTACH '{other}' AS other")


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)

    def write(session: Session) -> None:
        session.execute(text("DELETE FROM accounts"))

    with pytest.raises(OperationalError, match="readonly"):
        read_once(path, STAMP, write)


def test_a_connection_that_read_can_write_afterwards_and_the_other_way_round(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    engine = guarded_engine(path, STAMP, connections=2)

    def count(session: Session) -> int:
        return int(session.execute(text("SELECT count(*) FROM accounts")).scalar_one())

    def add(session: Session) -> None:
        session.execute(text("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')"))

    try:
        assert run_transaction(engine, Mode.READ, count) == 0
        run_transaction(engine, Mode.WRITE, add)
        assert run_transaction(engine, Mode.READ, count) == 1
        with pytest.raises(OperationalError, match="readonly"):
            run_transaction(engine, Mode.READ, add)
    finally:
        engine.dispose()


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    engine = guarded_engine(path, STAMP, connections=2)

    def add_and_fail(session: Session) -> None:
        session.execute(text("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')"))
        raise RuntimeError("the act went wrong")

    try:
        with pytest.raises(RuntimeError, match="went wrong"):
            run_transaction(engine, Mode.WRITE, add_and_fail)
    finally:
        engine.dispose()
    with raw(path) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)


def test_a_row_that_refers_to_nothing_is_refused(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    with (
        closing(open_guarded(path, STAMP)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"),
    ):
        connection.execute("INSERT INTO series_periods (series, period, next_sequence) VALUES ('none', '2026', 1)")


def test_books_that_stay_busy_are_an_expected_refusal(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    engine = guarded_engine(path, STAMP, connections=2)

    def wait_no_longer(session: Session) -> None:
        session.connection().exec_driver_sql("PRAGMA busy_timeout = 1")

    try:
        run_transaction(engine, Mode.WRITE, wait_no_longer)
        with raw(path) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="busy"):
                run_transaction(engine, Mode.WRITE, lambda _: None)
            run_transaction(engine, Mode.READ, lambda session: session.execute(text("SELECT 1")))
    finally:
        engine.dispose()


def test_a_copy_of_books_in_use_is_whole_and_states_the_same(tmp_path: Path) -> None:
    path, copy = books_of(tmp_path, ONE), tmp_path / "copy.db"
    with closing(open_guarded(path, STAMP)) as writer:
        writer.execute("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')")
        assert path.with_name(f"{BOOKS_FILE}-wal").stat().st_size > 0
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO accounts (number, name, type) VALUES ('2', 'Bank', 'asset')")
        copy_live(path, copy)
    assert sorted(one.name for one in tmp_path.glob("copy.db*")) == ["copy.db"]
    assert stamp_of(copy) == STAMP
    examine(copy, STAMP)
    with raw(copy) as connection:
        assert connection.execute("SELECT number FROM accounts").fetchall() == [("1",)]


def test_rows_that_refer_to_nothing_are_found(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    examine(path, STAMP)
    with raw(path) as connection:
        connection.execute("INSERT INTO series_periods (series, period, next_sequence) VALUES ('none', '2026', 1)")
    with pytest.raises(DamagedStore, match="a row of series_periods refers to nothing"):
        examine(path, STAMP)


def test_a_file_says_of_itself_what_it_is(tmp_path: Path) -> None:
    path = books_of(tmp_path, ONE)
    assert stamp_of(path) == STAMP
    assert stamp_of(tmp_path / DIRECTORY_FILE) == head_stamp(FileKind.DIRECTORY)
    (template,) = (tmp_path / "templates").iterdir()
    assert stamp_of(template) == replace(STAMP, organization_id="")
