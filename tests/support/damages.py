"""Kinds of damage to one organization's books, as disks, people and other programs do them."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.books.pool import BOOKS_FILE
from storage.folder.provisioning import template_file
from storage.sqlite.engines import Fault
from tests.support.raw import raw

PAGE = 4096
Damage = Callable[[Path], object]
"""Does something to the books at this path."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is done, and what is to be said of it: to whoever starts after it, and while the books are in use. None:
    this cannot be done then.
    """

    do: Damage
    down: Fault | None
    running: Fault | None


def cut(size: Callable[[int], int]) -> Damage:
    def do(path: Path) -> None:
        os.truncate(path, size(path.stat().st_size))

    return do


def root_page(path: Path, name: str) -> int:
    with raw(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return int(page)


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("rb+") as stream:
        stream.seek(offset)
        stream.write(content)


def page_filled(name: str, content: bytes) -> Damage:
    """The first page of a table or index, overwritten as a failing disk does."""

    def do(path: Path) -> None:
        settle(path)
        overwrite(path, (root_page(path, name) - 1) * PAGE, content)

    return do


def bit_flipped(name: str, at: int, bit: int = 0x10) -> Damage:
    """One bit in the first page of a table or index; `at` counts from the end of the page where it is negative."""

    def do(path: Path) -> None:
        settle(path)
        offset = (root_page(path, name) - 1) * PAGE + at % PAGE
        (byte,) = path.read_bytes()[offset : offset + 1]
        overwrite(path, offset, bytes([byte ^ bit]))

    return do


def settle(path: Path) -> None:
    """Bring what is in the log into the file, as happens now and then: else SQLite would go on reading it there."""
    with raw(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def start_zeroed(size: int) -> Damage:
    def do(path: Path) -> None:
        settle(path)
        overwrite(path, 0, bytes(size))

    return do


def statement(*sql: str) -> Damage:
    """Another program's statements, past every trigger and reference."""

    def do(path: Path) -> None:
        with raw(path) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            for one in sql:
                connection.execute(one)

    return do


def without_trigger(table: str, sql: str) -> Damage:
    """What triggers forbid, with the triggers put back afterwards."""

    def do(path: Path) -> None:
        with raw(path) as connection:
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            triggers = connection.execute(query, (table,)).fetchall()
            connection.execute("PRAGMA foreign_keys = OFF")
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(sql)
            for _, text in triggers:
                connection.execute(text)

    return do


def trigger_changed(path: Path) -> None:
    with raw(path) as connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'documents_no_update'"
        (text,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER documents_no_update")
        connection.execute(text.replace("BEFORE UPDATE ON documents", "BEFORE UPDATE OF number ON documents"))


def replaced_by(find: Callable[[Path], Path]) -> Damage:
    """Another file under this name: what was there is aside."""

    def do(path: Path) -> None:
        settle(path)
        found = find(path)
        settle(found)
        os.rename(path, path.with_name("aside.db"))
        shutil.copy(found, path)

    return do


def garbage(path: Path) -> None:
    """Bytes that are no database: none of its first page is left in the log either."""
    settle(path)
    path.write_bytes(b"garbage " * 9_000)


def overwritten_by(find: Callable[[Path], Path]) -> Damage:
    """Another file's bytes in this one: the file stays."""

    def do(path: Path) -> None:
        settle(path)
        path.write_bytes(find(path).read_bytes())

    return do


def other_books(path: Path) -> Path:
    """The client's that was made last, which has the same pages."""
    return next(one for one in sorted(path.parents[1].glob(f"*/{BOOKS_FILE}"), reverse=True) if one != path)


def template(path: Path) -> Path:
    return template_file(path.parents[2])


def directory(path: Path) -> Path:
    return path.parents[2] / "directory.db"


def somebody_elses(path: Path) -> Path:
    other = path.with_name("other.db")
    with raw(other) as connection:
        connection.execute("CREATE TABLE identity (organization_id)")
    return other


def in_its_place(make: Callable[[Path], object], ending: str = "") -> Damage:
    """Something else under the name of the file, or of what is beside it."""

    def do(path: Path) -> None:
        target = path.with_name(f"{path.name}{ending}")
        if os.path.lexists(target):
            os.rename(target, target.with_name(f"aside{ending or '.db'}"))
        make(target)

    return do


def listen(path: Path) -> None:
    """A socket; its name is relative, since a path may be too long for one."""
    before = os.getcwd()
    with closing(socket.socket(socket.AF_UNIX)) as made:
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.chdir(before)


def link_to_aside(path: Path) -> None:
    path.symlink_to(path.with_name("aside.db"))


def folder_linked(path: Path) -> None:
    aside = path.parents[2] / "elsewhere"
    os.rename(path.parent, aside)
    path.parent.symlink_to(aside)


def journal_mode_changed(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def journal_left(path: Path) -> None:
    """A program that wrote into the file in its own way was killed in the middle of it."""
    with closing(sqlite3.connect(path.with_name("theirs.db"), isolation_level=None)) as theirs:
        theirs.execute("CREATE TABLE t (a)")
        theirs.execute("INSERT INTO t VALUES (zeroblob(20000))")
        theirs.execute("PRAGMA cache_size = 1")
        theirs.execute("BEGIN IMMEDIATE")
        theirs.execute("UPDATE t SET a = zeroblob(30000)")
        theirs.execute("INSERT INTO t VALUES (zeroblob(90000))")
        journal = path.with_name("theirs.db-journal").read_bytes()
    # What a crash leaves has a header that says how many pages there are to play back.
    path.with_name(f"{path.name}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + journal[8:])


def log_replaced(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    content = log.read_bytes()
    log.unlink()
    log.write_bytes(content)


KINDS: dict[str, Kind] = {
    "the file is missing": Kind(lambda path: path.unlink(), Fault.MISSING, Fault.MISSING),
    "its folder is missing": Kind(lambda path: shutil.rmtree(path.parent), Fault.MISSING, Fault.MISSING),
    "empty": Kind(cut(lambda _: 0), Fault.EMPTY, Fault.EMPTY),
    "cut to a byte": Kind(cut(lambda _: 1), Fault.NOT_OURS, Fault.EMPTY),
    "cut within the header": Kind(cut(lambda _: 60), Fault.CUT, Fault.CUT),
    "cut after the header": Kind(cut(lambda _: 100), Fault.CUT, Fault.CUT),
    "cut after the first page": Kind(cut(lambda _: PAGE), Fault.CUT, Fault.CUT),
    "cut in the middle": Kind(cut(lambda size: size // 2 // PAGE * PAGE), Fault.CUT, Fault.CUT),
    "cut within a page": Kind(cut(lambda size: size // 2 // PAGE * PAGE + 77), Fault.CUT, Fault.CUT),
    "cut by its last byte": Kind(cut(lambda size: size - 1), Fault.CUT, Fault.CUT),
    "overwritten with garbage": Kind(garbage, Fault.NOT_OURS, Fault.NOT_OURS),
    "the header zeroed": Kind(start_zeroed(100), Fault.NOT_OURS, Fault.NOT_OURS),
    "the first page zeroed": Kind(start_zeroed(PAGE), Fault.NOT_OURS, Fault.NOT_OURS),
    "a table's page zeroed": Kind(page_filled("customers", bytes(PAGE)), Fault.DAMAGED, Fault.DAMAGED),
    "the documents' page zeroed": Kind(page_filled("documents", bytes(PAGE)), Fault.DAMAGED, Fault.DAMAGED),
    "an index's page zeroed": Kind(page_filled("ix_items_name_key", bytes(PAGE)), Fault.DAMAGED, Fault.DAMAGED),
    "garbage in a page": Kind(page_filled("audit_entries", b"\xa5" * PAGE), Fault.DAMAGED, Fault.DAMAGED),
    "a bit flipped in a page's head": Kind(bit_flipped("journal_lines", 0), Fault.DAMAGED, Fault.DAMAGED),
    "a bit flipped in the count of rows": Kind(bit_flipped("accounts", 4), Fault.DAMAGED, Fault.DAMAGED),
    "a bit flipped in a pointer": Kind(bit_flipped("tax_rates", 8, 0x40), Fault.DAMAGED, Fault.DAMAGED),
    "a bit flipped in an index's entry": Kind(bit_flipped("ix_customers_name_key", -3), Fault.DAMAGED, Fault.DAMAGED),
    "another client's file in its place": Kind(replaced_by(other_books), Fault.ANOTHERS, Fault.REPLACED),
    "another client's bytes in it": Kind(overwritten_by(other_books), Fault.ANOTHERS, Fault.ANOTHERS),
    "the template in its place": Kind(replaced_by(template), Fault.ANOTHERS, Fault.REPLACED),
    "the directory in its place": Kind(replaced_by(directory), Fault.NOT_OURS, Fault.REPLACED),
    "somebody else's database in its place": Kind(replaced_by(somebody_elses), Fault.NOT_OURS, Fault.REPLACED),
    "of a newer version": Kind(statement("PRAGMA user_version = 9999"), Fault.NEWER, Fault.NEWER),
    "of an older version": Kind(statement("PRAGMA user_version = 1"), Fault.OLDER, Fault.OLDER),
    "of another application": Kind(statement("PRAGMA application_id = 7"), Fault.NOT_OURS, Fault.NOT_OURS),
    "a table dropped": Kind(statement("DROP TABLE payment_terms"), Fault.INCOMPLETE, Fault.INCOMPLETE),
    "a trigger dropped": Kind(statement("DROP TRIGGER documents_no_update"), Fault.INCOMPLETE, Fault.INCOMPLETE),
    "a trigger changed": Kind(trigger_changed, Fault.INCOMPLETE, Fault.INCOMPLETE),
    "an index dropped": Kind(statement("DROP INDEX ix_documents_customer"), Fault.INCOMPLETE, Fault.INCOMPLETE),
    "a view dropped": Kind(statement("DROP VIEW book_counts"), Fault.INCOMPLETE, Fault.INCOMPLETE),
    "a column added": Kind(statement("ALTER TABLE items ADD COLUMN colour"), Fault.INCOMPLETE, Fault.INCOMPLETE),
    "the profile deleted": Kind(statement("DELETE FROM profile"), Fault.ROWS, Fault.ROWS),
    "whose it is deleted": Kind(without_trigger("identity", "DELETE FROM identity"), Fault.ANOTHERS, Fault.ANOTHERS),
    "rows deleted that others refer to": Kind(statement("DELETE FROM accounts"), Fault.ROWS, None),
    "a pipe in its place": Kind(in_its_place(os.mkfifo), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a folder in its place": Kind(in_its_place(os.mkdir), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a link in its place": Kind(in_its_place(link_to_aside), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a socket in its place": Kind(in_its_place(listen), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a link in its folder's place": Kind(folder_linked, Fault.NOT_A_FILE, None),
    "a pipe in its log's place": Kind(in_its_place(os.mkfifo, "-wal"), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a folder in its log's place": Kind(in_its_place(os.mkdir, "-wal"), Fault.NOT_A_FILE, Fault.NOT_A_FILE),
    "a pipe beside it": Kind(in_its_place(os.mkfifo, "-journal"), Fault.NOT_A_FILE, None),
    "another journal mode": Kind(journal_mode_changed, Fault.JOURNAL, None),
    "another program's journal beside it": Kind(journal_left, Fault.JOURNAL, None),
    "its log removed": Kind(lambda path: path.with_name(f"{path.name}-wal").unlink(), None, Fault.LOG),
    "its log replaced": Kind(log_replaced, None, Fault.LOG),
    "its log's index removed": Kind(lambda path: path.with_name(f"{path.name}-shm").unlink(), None, Fault.LOG),
    "its log cut": Kind(lambda path: os.truncate(path.with_name(f"{path.name}-wal"), 2 * PAGE), None, Fault.LOG),
}
"""What is found when the books are opened, or at the next call. What is found by `verify` alone, because it takes
reading what documents say, is not here.
"""
