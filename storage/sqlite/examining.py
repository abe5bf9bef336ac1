"""Looking through a database file as a whole, when it is first opened and whenever somebody else may have changed it:
SQLite itself notices damage only when it comes across it, and until then would go on writing around it.

What is looked through: the place, the header, the stamp, the schema, every page with the rows of tables and indexes in
it, and what rows refer to. What documents and settings say is the matter of `counterfoil verify`.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.faults.errors import DamagedStore
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.plain_files import is_plain_file, is_plain_folder, open_plain_file
from storage.sqlite.connections import check_journal, check_place, is_open_here, open_alone, open_plain
from storage.sqlite.faults import faults_told
from storage.sqlite.fingerprints import expected_fingerprint, schema_fingerprint
from storage.sqlite.stamps import Stamp, check_stamp

THOROUGH_BYTES_MAX = 32 * 1024 * 1024
"""Up to this size, indexes are compared with their tables: about 2 ms a MiB; beyond it, at half the price, not."""

_FILLED = frozenset({"alembic_version"})
"""What has rows in a template."""

_BEGUN_WITHOUT_PROFILE = "SELECT EXISTS (SELECT 1 FROM audit_entries) AND NOT EXISTS (SELECT 1 FROM profile)"

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"
_WAL = 2


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a database file say; a log beside it is not read."""

    application_id: int
    schema_version: int
    keeps_log: bool
    page_bytes: int
    size_bytes: int


def read_header(path: Path) -> Header:
    """Read it without SQLite, at a tenth of the price. Not for a file that this process has open.

    Raises:
        StorageFault: it is missing, no database, or cannot be read.
    """
    with faults_told(path), open_plain_file(path) as stream:
        first = stream.read(_HEADER_BYTES)
    if not first:
        raise DamagedStore(f"{path} is empty", Fault.EMPTY)
    if not first.startswith(_MAGIC):
        raise DamagedStore(f"{path} is not a database", Fault.NOT_OURS)
    if len(first) < _HEADER_BYTES:
        raise DamagedStore(f"{path} ends within its header", Fault.CUT)
    (page_bytes,) = struct.unpack_from(">H", first, 16)
    counter, pages = struct.unpack_from(">II", first, 24)
    (version,) = struct.unpack_from(">i", first, 60)
    (application_id,) = struct.unpack_from(">i", first, 68)
    (counted_at,) = struct.unpack_from(">I", first, 92)
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    size = pages * page_bytes if counted_at == counter else 0
    return Header(application_id, version, first[18] == _WAL == first[19], page_bytes, size)


def examine(path: Path, stamp: Stamp) -> None:
    """Look through the file.

    Raises:
        StorageFault: what is wrong with it, or with the storage that it lies on.
    """
    check_place(path)
    size_bytes = 0 if is_open_here(path) else _check_file_alone(path, stamp)
    with _exactly(path, size_bytes), closing(open_plain(path, "rw")) as connection:
        _look_through(connection, path, stamp)


def examine_alone(path: Path, stamp: Stamp) -> None:
    """Look through the file as it lies there, writing nothing, not even a lock: on storage that cannot be written to.
    What is only in a log beside it is not seen. Not for a file that this process has open.

    Raises:
        StorageFault: what is wrong with it.
    """
    size_bytes = _check_file_alone(path, stamp)
    with _exactly(path, size_bytes), closing(open_alone(path)) as connection:
        _look_through(connection, path, stamp)


def examine_template(path: Path, stamp: Stamp) -> None:
    """Look through a file that books are copied from, as it is copied: without a log, and without anybody's rows.

    Raises:
        StorageFault: it is not that.
    """
    if is_plain_folder(path) or (os.path.lexists(path) and not is_plain_file(path)):
        raise DamagedStore(f"{path} is no file", Fault.NOT_A_FILE)
    examine_alone(path, stamp)
    with closing(open_alone(path)) as connection, faults_told(path):
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            # The names are those of our own tables, as the schema's fingerprint has just shown.
            if name not in _FILLED and connection.execute(f'SELECT 1 FROM "{name}"').fetchone() is not None:  # noqa: S608
                raise DamagedStore(f"{path} has rows in {name}", Fault.ANOTHERS)


def check_ends_with_a_page(path: Path, copy: Path) -> None:
    """Refuse a file that ends within a page, which a copy has whole, filled up with zeros. A page that is in a log
    beside the file is not missed in it.

    Raises:
        DamagedStore: the file was cut.
    """
    if path.stat().st_size % read_header(copy).page_bytes and not has_log(path):
        raise DamagedStore(f"{path} ends within a page", Fault.CUT)


def check_schema(connection: sqlite3.Connection, path: Path, stamp: Stamp) -> None:
    """Compare tables, indexes, triggers and views with those that migration makes.

    Raises:
        DamagedStore: tables, indexes, triggers or views are not those of this version.
    """
    expected = expected_fingerprint(stamp.kind, stamp.schema_version)
    if expected and schema_fingerprint(connection) != expected:
        raise DamagedStore(f"{path}: its tables, indexes or triggers are not those of its version", Fault.INCOMPLETE)


def _look_through(connection: sqlite3.Connection, path: Path, stamp: Stamp) -> None:
    check_stamp(connection, path, stamp)
    with faults_told(path):
        check_schema(connection, path, stamp)
        _check_structure(connection, path)
        _check_rows(connection, path, stamp)


@contextmanager
def _exactly(path: Path, size_bytes: int) -> Iterator[None]:
    """What is damaged, and shorter than it says, was cut."""
    try:
        yield
    except DamagedStore as damage:
        if damage.fault is Fault.DAMAGED and size_bytes > path.lstat().st_size:
            raise DamagedStore(f"{path} is shorter than it says", Fault.CUT) from damage
        raise


def _check_file_alone(path: Path, stamp: Stamp) -> int:
    """Refuse a wrong file before its write-ahead log is touched: closing an ordinary connection would write the log
    into the file, and a file that was exchanged by mistake could not be put back unharmed. Answers how long the file
    says that it is; what a crash kept from being written into it is in the log.
    """
    header = read_header(path)
    if header.application_id != stamp.kind.value:
        raise DamagedStore(f"{path} is not a Counterfoil {stamp.kind.name.lower()} file", Fault.NOT_OURS)
    if not header.keeps_log:
        raise DamagedStore(f"{path} is not kept in WAL mode", Fault.JOURNAL)
    check_journal(path)
    if not stamp.organization_id:
        return header.size_bytes
    try:
        with closing(open_alone(path)) as connection:
            row = connection.execute("SELECT organization_id FROM identity").fetchone()
    except sqlite3.DatabaseError:
        # Another process may be writing into the file at this moment; the ordinary check follows and decides.
        return header.size_bytes
    if row and row[0] != stamp.organization_id:
        raise DamagedStore(f"{path} holds the books of another organization", Fault.ANOTHERS)
    return header.size_bytes


def has_log(path: Path) -> bool:
    """Whether something is in a log beside the file."""
    try:
        return path.with_name(f"{path.name}-wal").lstat().st_size > 0
    except OSError:
        return False


def _check_structure(connection: sqlite3.Connection, path: Path) -> None:
    size_bytes = path.stat().st_size
    if size_bytes % connection.execute("PRAGMA page_size").fetchone()[0]:
        raise DamagedStore(f"{path} ends within a page", Fault.CUT)
    thorough = size_bytes <= THOROUGH_BYTES_MAX
    found = connection.execute(f"PRAGMA {'integrity' if thorough else 'quick'}_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedStore(f"{path} is damaged: {str(found).splitlines()[-1]}", Fault.DAMAGED)


def _check_rows(connection: sqlite3.Connection, path: Path, stamp: Stamp) -> None:
    lost = connection.execute("PRAGMA foreign_key_check").fetchone()
    if lost is not None:
        raise DamagedStore(f"{path}: a row of {lost[0]} refers to nothing", Fault.ROWS)
    # What is done first in new books writes both; older ones may not have the tables yet.
    has_both = stamp.kind is FileKind.BOOKS and bool(expected_fingerprint(stamp.kind, stamp.schema_version))
    if has_both and connection.execute(_BEGUN_WITHOUT_PROFILE).fetchone()[0]:
        raise DamagedStore(f"{path} has no profile", Fault.ROWS)
