"""Opening database files: each is the one that is asked for, and stays it for as long as it is in use."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from storage.stamps import DamagedStore, Stamp, check_stamp, refusal_of

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 256
"""What one connection keeps of its file in memory; the operating system keeps more."""


class GuardedFile:
    """A database file in use by this process, over however many connections.

    It is the file that was first opened, or nothing is done with it any more: what is written into one that was
    removed would be nowhere, and in one that was put in its place everything would be somebody else's or lost.
    """

    def __init__(self, path: Path, stamp: Stamp) -> None:
        self.path = path
        self._stamp = stamp
        self._identity: tuple[int, int] | None = None
        # Before any other connection: SQLite keeps a descriptor open as long as another one holds a lock on the file.
        self._first = threading.Lock()

    def check(self) -> None:
        """Raises:
        DamagedStore: the file is missing, or is not the one that was opened first.
        """
        if _file_identity(self.path) != self._identity:
            raise DamagedStore(f"{self.path} was removed or replaced while it was open")

    def check_version(self, connection: sqlite3.Connection) -> None:
        """Compare the schema with the one that this program knows, in a transaction that has begun.

        Raises:
            DamagedStore: a newer program has migrated the file while it was open here.
        """
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != self._stamp.schema_version:
            raise DamagedStore(f"{self.path} was brought to schema {version} while it was open")

    def open(self, *, busy_timeout_ms: int) -> sqlite3.Connection:
        """Another connection to it."""
        with self._first:
            if self._identity is None:
                identity = _file_identity(self.path)
                _check_file_alone(self.path, self._stamp)
                self._identity = identity
        self.check()
        connection = open_guarded(self.path, self._stamp, busy_timeout_ms=busy_timeout_ms)
        try:
            self.check()
        except DamagedStore:
            connection.close()
            raise
        return connection


def open_guarded(path: Path, stamp: Stamp, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """A connection to an existing file that is what `stamp` says.

    Raises:
        OutdatedStore: the file's schema is older.
        DamagedStore: the file is missing or is something else.
    """
    connection = open_plain(path, "rw", busy_timeout_ms=busy_timeout_ms)
    try:
        check_stamp(connection, path, stamp)
        connection.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    except BaseException:
        connection.close()
        raise
    return connection


def open_plain(path: Path, mode: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """A connection with our settings, to whatever file is there; `mode` is SQLite's: rw or rwc."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            # The pragma below sets it.
            timeout=0,
        )
    except sqlite3.OperationalError as error:
        raise DamagedStore(f"{path} cannot be opened") from error
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma, value in (
            ("busy_timeout", busy_timeout_ms),
            ("foreign_keys", 1),
            ("synchronous", 2),
            ("trusted_schema", 0),
            ("recursive_triggers", 1),
        ):
            connection.execute(f"PRAGMA {pragma} = {value}")
            if connection.execute(f"PRAGMA {pragma}").fetchone()[0] != value:
                raise DamagedStore(f"{path}: the setting {pragma} was not accepted")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise refusal_of(error) or DamagedStore(f"{path} is not a readable database") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check_file_alone(path: Path, stamp: Stamp) -> None:
    """Refuse a wrong file before its write-ahead log is touched: closing an ordinary connection would write the log
    into the file, and a file that was exchanged by mistake could not be put back unharmed.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.OperationalError as error:
        raise DamagedStore(f"{path} cannot be opened") from error
    with closing(connection):
        try:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            if application_id != stamp.kind.value:
                raise DamagedStore(f"{path} is not a Counterfoil {stamp.kind.name.lower()} file")
            row = stamp.organization_id and connection.execute("SELECT organization_id FROM identity").fetchone()
        except sqlite3.DatabaseError:
            # Another process may be writing into the file at this moment; the ordinary check follows and decides.
            return
        if row and row[0] != stamp.organization_id:
            raise DamagedStore(f"{path} holds the books of another organization")


def _file_identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise DamagedStore(f"{path} is missing") from error
    return found.st_dev, found.st_ino
