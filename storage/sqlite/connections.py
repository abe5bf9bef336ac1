"""Connections to database files: only to what is a file, and each with our settings."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from storage.faults.errors import DamagedStore, told
from storage.faults.kinds import Fault
from storage.plain_files import lies_plainly, open_plain_file
from storage.sqlite.faults import faults_told
from storage.sqlite.stamps import Stamp, check_stamp

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 256
"""What one connection keeps of its file in memory; the operating system keeps more."""

_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
Identity = tuple[int, int]
"""Device and inode: which file it is, whatever its name."""

_open: Counter[Identity] = Counter()
_counting = threading.Lock()


class FileConnection(sqlite3.Connection):
    """A connection that knows which file it is to, which log it has open beside it, and the schema it has seen."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.file: Identity | None = None
        self.log: tuple[Identity, Identity] | None = None
        self.schema_cookie = -1

    def close(self) -> None:
        super().close()
        with _counting:
            if self.file is not None:
                _open[self.file] -= 1
                self.file = None

    def counted(self, file: Identity) -> None:
        """Count it among the connections to the file, until it is closed."""
        with _counting:
            _open[file] += 1
            self.file = file


def is_open_here(path: Path) -> bool:
    """Whether this process has a connection to the file: then nobody else may open it, since closing it again would
    drop the locks of that connection.
    """
    return _open[file_identity(path)] > 0


def file_identity(path: Path) -> Identity:
    """Device and inode of the file in this place.

    Raises:
        DamagedStore: there is no file in this place.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise told(path, Fault.MISSING) from error
    return found.st_dev, found.st_ino


def check_place(path: Path) -> None:
    """Make sure that a plain file lies in this place.

    Raises:
        DamagedStore: it is missing, or something else is there that SQLite would open, follow or wait for.
    """
    match lies_plainly(path):
        case "missing":
            raise told(path, Fault.MISSING)
        case "other":
            raise told(path, Fault.NOT_A_FILE)
        case "denied":
            raise told(path, Fault.NOT_PERMITTED)


def check_journal(path: Path) -> None:
    """Make sure that no rollback journal lies beside the file.

    Raises:
        DamagedStore: there is a rollback journal, which SQLite would play back into the file; ours never have one.
    """
    try:
        with open_plain_file(path.with_name(f"{path.name}-journal")) as stream:
            found = stream.read(len(_JOURNAL_MAGIC)) == _JOURNAL_MAGIC
    except OSError:
        return
    if found:
        raise told(path, Fault.JOURNAL)


def open_guarded(path: Path, stamp: Stamp, *, busy_timeout_ms: int | None = None) -> FileConnection:
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


def open_plain(path: Path, mode: str, *, busy_timeout_ms: int | None = None) -> FileConnection:
    """A connection with our settings, to whatever file is there; `mode` is SQLite's: rw or rwc."""
    if mode == "rw":
        check_place(path)
        check_journal(path)
    with faults_told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=FileConnection,
            # The pragma below sets it.
            timeout=0,
        )
    try:
        # A file that is being made appears with the first thing that is written to it.
        if mode == "rw":
            connection.counted(file_identity(path))
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        with faults_told(path):
            for pragma, value in (
                ("busy_timeout", BUSY_TIMEOUT_MS if busy_timeout_ms is None else busy_timeout_ms),
                ("foreign_keys", 1),
                ("synchronous", 2),
                ("trusted_schema", 0),
                ("recursive_triggers", 1),
                # What is removed is not to be read in the file any more; many builds do so anyway.
                ("secure_delete", 1),
            ):
                connection.execute(f"PRAGMA {pragma} = {value}")
                if connection.execute(f"PRAGMA {pragma}").fetchone()[0] != value:
                    raise DamagedStore(f"{path}: the setting {pragma} was not accepted")
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_keep(path: Path) -> FileConnection:
    """A connection that does nothing but keep the file and its log open, for as little memory as can be: it has not
    read which tables there are, which takes twenty times as much.
    """
    with faults_told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=FileConnection,
            cached_statements=0,
            timeout=0,
        )
        try:
            connection.counted(file_identity(path))
            # It takes part in the log from its first reading on.
            for pragma in ("user_version", "shrink_memory"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
    return connection


def open_alone(path: Path) -> sqlite3.Connection:
    """A connection to the file as it lies there, without a log beside it, that writes nothing and takes no lock. Not
    for a file that this process has open.
    """
    with faults_told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None, check_same_thread=False
        )
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = 0")
    return connection
