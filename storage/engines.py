"""The only place that opens databases, and begins and ends transactions.

Every connection is guarded: the file must exist, carry our application id and the expected schema version, and,
for books, the stamp of the organization that is asked for. A swapped, empty, older or newer file is refused.
Writers begin with BEGIN IMMEDIATE, because a deferred transaction that reads and then writes fails under
contention; readers cannot write at all.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.util import LRUCache
from sqlmodel import Session

from invoicing.refusals import Refusal
from storage.stamps import BusyFile, DamagedStore, FileKind, OutdatedStore, Stamp, check_stamp, read_stamp, refusal_of

__all__ = ["BusyFile", "DamagedStore", "FileKind", "OutdatedStore", "Stamp"]

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
_MODE = "counterfoil_mode"


class Mode(Enum):
    READ = "read"
    WRITE = "write"


# What all engines have in common; it opens no file.
_COMMON = create_engine("sqlite://", poolclass=NullPool)
with _COMMON.connect():
    """The first connection tells the dialect what this SQLite can do."""
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)


def guarded_engine(path: Path, stamp: Stamp, *, connections: int) -> Engine:
    """The engine of a file that is what `stamp` says, with at most so many connections."""
    engine = _engine_of(path, stamp, connections=connections, busy_timeout_ms=BUSY_TIMEOUT_MS)
    _begin_by_mode(engine)
    _write_only_in_place(engine, path)
    return engine


def _engine_of(path: Path, stamp: Stamp, *, connections: int, busy_timeout_ms: int) -> Engine:
    checked_alone = False
    # Before any other connection: SQLite keeps a descriptor open as long as another one holds a lock on the file.
    first = threading.Lock()

    def connect() -> Any:
        nonlocal checked_alone
        with first:
            if not checked_alone:
                _check_file_alone(path, stamp)
                checked_alone = True
        return open_guarded(path, stamp, busy_timeout_ms=busy_timeout_ms)

    pool = QueuePool(connect, pool_size=connections, max_overflow=0, dialect=_COMMON.dialect)
    # Thousands of files have the same tables: each statement is compiled once for all of them.
    return Engine(
        pool, _COMMON.dialect, _COMMON.url, execution_options={"compiled_cache": _COMPILED}, hide_parameters=True
    )


def new_file_engine(path: Path) -> Engine:
    """The engine that creates a file and migrates it, used on temporary names and by migrations only."""
    engine = create_engine("sqlite://", creator=partial(_open_plain, path, "rwc"), poolclass=NullPool)
    _begin_by_mode(engine)
    return engine


def run_transaction(engine: Engine, mode: Mode, work: Callable[[Session], T]) -> T:
    """Run `work` as one transaction: all of it is kept, or, when it raises, nothing."""
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(**{_MODE: mode})
            with connection.begin(), Session(bind=connection, expire_on_commit=False) as session:
                result = work(session)
                session.flush()
                return result
    except (OperationalError, sqlite3.OperationalError) as error:
        raise _busy_or_same(error) from error


class StandingConnection:
    """A connection that stays open, for the transactions of one thread, one after another: beginning each costs
    hardly anything. It waits for nobody.
    """

    def __init__(self, path: Path, stamp: Stamp, mode: Mode) -> None:
        self._path = path
        self._mode = mode
        self._engine = _engine_of(path, stamp, connections=1, busy_timeout_ms=0)
        self._open: tuple[Session, sqlite3.Connection, tuple[int, int]] | None = None

    def begin(self, work: Callable[[Session], T]) -> Callable[[], T]:
        """Run `work` in a new transaction; what is answered commits it, and answers what `work` did.

        When `work` raises, nothing is kept. Until it is committed, no other transaction may begin.

        Raises:
            BusyFile: another process is in the way at this moment; `work` has left nothing.
        """
        try:
            session, plain = self._ready()
            plain.execute("BEGIN" if self._mode is Mode.READ else "BEGIN IMMEDIATE")
            try:
                result = work(session)
                session.flush()
            except Refusal:
                # Nothing is wrong with the connection.
                session.expunge_all()
                plain.execute("ROLLBACK")
                raise
        except Refusal:
            raise
        except BaseException as error:
            self.close()
            if isinstance(error, (OperationalError, sqlite3.OperationalError)):
                raise _busy_or_same(error) from error
            raise
        return partial(self._keep, result)

    def close(self) -> None:
        """Close the connection; the next transaction opens it anew."""
        if self._open is not None:
            session, _, _ = self._open
            self._open = None
            with session.get_bind(), session:  # type: ignore[union-attr]
                session.rollback()
            self._engine.dispose()

    def _keep(self, result: T) -> T:
        try:
            session, plain = self._ready()
            plain.execute("COMMIT")
            session.expunge_all()
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.OperationalError):
                raise _busy_or_same(error) from error
            raise
        return result

    def _ready(self) -> tuple[Session, sqlite3.Connection]:
        if self._open is None:
            connection = self._engine.connect()
            plain: Any = connection.connection.driver_connection
            plain.execute(f"PRAGMA query_only = {int(self._mode is Mode.READ)}")
            session = Session(bind=connection, expire_on_commit=False)
            self._open = session, plain, _file_identity(self._path)
        session, plain, identity = self._open
        if self._mode is Mode.WRITE:
            _check_in_place(self._path, identity)
        return session, plain


def open_guarded(path: Path, stamp: Stamp, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sqlite3.Connection:
    """A connection to an existing file that is what `stamp` says.

    Raises:
        OutdatedStore: the file's schema is older.
        DamagedStore: the file is missing or is something else.
    """
    connection = _open_plain(path, "rw")
    try:
        check_stamp(connection, path, stamp)
        # Opening and checking wait for others in any case.
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
    except BaseException:
        connection.close()
        raise
    return connection


def stamp_file(path: Path, stamp: Stamp) -> None:
    """Write application id and schema version into a file that was just made or migrated, and switch WAL on."""
    with closing(_open_plain(path, "rw")) as connection:
        connection.execute(f"PRAGMA application_id = {stamp.kind.value}")
        connection.execute(f"PRAGMA user_version = {stamp.schema_version}")
        connection.execute("PRAGMA journal_mode = WAL")


def checkpoint(path: Path) -> None:
    """Bring a file that nobody else has open into one piece, without a write-ahead log beside it."""
    with closing(_open_plain(path, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_live(source: Path, target: Path) -> None:
    """Copy a database that may be in use, with SQLite's backup API, to a new file.

    Raises:
        DamagedStore: the source is missing or cannot be read.
        Unavailable: it is busy, or there is no room left for the copy.
    """
    try:
        with closing(_open_plain(source, "rw")) as origin, closing(_open_plain(target, "rwc")) as copy:
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode = WAL")
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise refusal_of(error) or DamagedStore(f"{source} cannot be copied") from error


def read_once(path: Path, stamp: Stamp, work: Callable[[Session], T]) -> T:
    """Run `work` as one transaction that cannot write, on an engine that is made for it and closed again."""
    engine = guarded_engine(path, stamp, connections=1)
    try:
        return run_transaction(engine, Mode.READ, work)
    finally:
        engine.dispose()


def stamp_of(path: Path) -> Stamp:
    """What the file says of itself, whatever its schema version.

    Raises:
        DamagedStore: it is missing, or it is no database of ours.
    """
    with closing(_open_plain(path, "rw")) as connection:
        return read_stamp(connection, path)


def is_current(path: Path, stamp: Stamp) -> bool:
    """Whether the file states kind and schema version of `stamp`, found out at a tenth of the price of opening it.

    A write-ahead log beside it is not read. Versions never go back, so the answer can only be wrong where it is False.
    """
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.Error:
        return False
    return bool(version == stamp.schema_version and application_id == stamp.kind.value)


def integrity_problems(path: Path) -> list[str]:
    """What SQLite finds wrong with the file's structure and its foreign keys; empty when it is sound.

    Raises:
        DamagedStore: it is missing, or it is no database at all.
    """
    with closing(_open_plain(path, "rw")) as connection:
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            found += [f"a row of {row[0]} refers to nothing" for row in connection.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return found


def _open_plain(path: Path, mode: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        raise DamagedStore(f"{path} cannot be opened") from error
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma, value in (
            ("busy_timeout", BUSY_TIMEOUT_MS),
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


def _begin_by_mode(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get(_MODE, Mode.WRITE)
        query_only = mode is Mode.READ
        plain: Any = connection.connection.driver_connection
        if connection.info.get("query_only") is not query_only:
            plain.execute(f"PRAGMA query_only = {int(query_only)}")
            connection.info["query_only"] = query_only
        plain.execute("BEGIN" if query_only else "BEGIN IMMEDIATE")


def _write_only_in_place(engine: Engine, path: Path) -> None:
    """Refuse to write once the file was removed or replaced: what is written would be in no file that has a name."""

    @event.listens_for(engine, "connect")
    def remember(_: object, record: Any) -> None:
        record.info["file"] = _file_identity(path)

    @event.listens_for(engine, "begin")
    def compare(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_MODE, Mode.WRITE) is Mode.WRITE
        if writes:
            _check_in_place(path, connection.info["file"])


def _check_in_place(path: Path, identity: tuple[int, int]) -> None:
    if identity != _file_identity(path):
        raise DamagedStore(f"{path} was removed or replaced while it was open")


def _file_identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise DamagedStore(f"{path} is missing") from error
    return found.st_dev, found.st_ino


def _busy_or_same(error: OperationalError | sqlite3.OperationalError) -> Exception:
    return refusal_of(error.orig if isinstance(error, OperationalError) else error) or error
