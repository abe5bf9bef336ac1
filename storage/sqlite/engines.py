"""The only place that opens databases, and begins and ends transactions.

Every connection is guarded: the file must exist, carry our application id and the expected schema version, and,
for books, the stamp of the organization that is asked for. A swapped, empty, older or newer file is refused.
Writers begin with BEGIN IMMEDIATE, because a deferred transaction that reads and then writes fails under
contention; readers cannot write at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, Pool, QueuePool
from sqlalchemy.util import LRUCache
from sqlmodel import Session

from invoicing.refusals import Refusal, Unavailable
from storage.database import Mode
from storage.faults.errors import BusyFile, DamagedStore, OutdatedStore, StorageFault
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.queries.cache import forget, forget_undone, set_mark, with_memory
from storage.sqlite.connections import BUSY_TIMEOUT_MS, is_open_here, open_alone, open_guarded, open_plain
from storage.sqlite.examining import examine, read_header
from storage.sqlite.faults import fault_of, faults_told
from storage.sqlite.guarded import GuardedFile
from storage.sqlite.stamps import Stamp, read_stamp
from storage.work.budget import STEPS_AT_A_TIME, Budget, TooLong, keep_to

__all__ = [
    "BusyFile",
    "DamagedStore",
    "Fault",
    "FileKind",
    "GuardedFile",
    "Mode",
    "OutdatedStore",
    "Stamp",
    "StorageFault",
    "examine",
    "fault_of",
    "faults_told",
    "open_guarded",
    "read_header",
]

T = TypeVar("T")

_MODE = "counterfoil_mode"
_FILE = "counterfoil_file"


# What all engines have in common; it opens no file.
_COMMON = create_engine("sqlite://", poolclass=NullPool)
# The first connection tells the dialect what this SQLite can do.
_COMMON.connect().close()
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)


def guarded_engine(path: Path, stamp: Stamp, *, connections: int) -> Engine:
    """The engine of a file that is what `stamp` says, with at most so many connections."""
    return engine_of(GuardedFile(path, stamp), connections=connections)


def engine_of(file: GuardedFile, *, connections: int) -> Engine:
    """The engine of a file in use, with at most so many connections; they wait for each other, and for others."""
    connect: Any = partial(file.open, busy_timeout_ms=BUSY_TIMEOUT_MS)
    engine = engine_on(QueuePool(connect, pool_size=connections, max_overflow=0, dialect=_COMMON.dialect))
    engine.update_execution_options(**{_FILE: file})
    _begin_by_mode(engine)
    _only_in_place(engine, file)
    return engine


def engine_on(pool: Pool, common: Engine = _COMMON) -> Engine:
    """An engine that has everything but its connections in common with another."""
    # Thousands of files have the same tables: each statement is compiled once for all of them.
    return Engine(
        pool, common.dialect, common.url, execution_options={"compiled_cache": _COMPILED}, hide_parameters=True
    )


def new_file_engine(path: Path) -> Engine:
    """The engine that creates a file and migrates it, used on temporary names and by migrations only."""
    engine = create_engine("sqlite://", creator=partial(open_plain, path, "rwc"), poolclass=NullPool)
    _begin_by_mode(engine)
    return engine


def run_transaction(engine: Engine, mode: Mode, work: Callable[[Session], T]) -> T:
    """Run `work` as one transaction: all of it is kept, or, when it raises, nothing.

    Raises:
        StorageFault: the file or the storage did not allow it.
    """
    file: GuardedFile | None = engine.get_execution_options().get(_FILE)
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(**{_MODE: mode})
            with connection.begin(), Session(bind=connection, expire_on_commit=False) as session:
                result = work(session)
                session.flush()
                set_mark(session, writes=mode is Mode.WRITE)
            if file is not None and mode is Mode.WRITE:
                # A file that was replaced in the middle of it took what was written along.
                plain: Any = connection.connection.driver_connection
                file.check_kept(plain)
            return result
    except (DBAPIError, sqlite3.Error) as error:
        raise_told(error, file)
        raise


class LongLivedConnection:
    """A connection that stays open, for the transactions of one thread, one after another: beginning each costs
    hardly anything. It waits for nobody.
    """

    def __init__(self, file: GuardedFile, mode: Mode) -> None:
        self._file = file
        self._mode = mode
        # Closed is closed: no pool keeps anything.
        connect: Any = partial(file.open, busy_timeout_ms=0)
        self._engine = engine_on(NullPool(connect, dialect=_COMMON.dialect))
        self._open: tuple[Connection, Session, sqlite3.Connection] | None = None
        self._data_version = 0
        self._budget = Budget()

    @property
    def is_begun(self) -> bool:
        """Whether a transaction was begun that is neither kept nor undone."""
        return self._open is not None and self._open[2].in_transaction

    def begin(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a new transaction, and answer what it does; `commit` keeps it.

        When `work` raises, nothing is kept, and no transaction is begun.

        Raises:
            BusyFile: another process is in the way at this moment; `work` has left nothing.
            TooLong: `work` has held the event loop for too long; it has left nothing.
            DamagedStore: the file was removed or replaced.
        """
        self._start()
        return self.go_on(work)

    def wait_to_begin(self) -> None:
        """Begin a transaction as soon as no other process is in the way; to be called in a thread, and `go_on` then.

        Raises:
            BusyFile: another process is in the way for too long.
            DamagedStore: the file was removed or replaced.
        """
        try:
            with faults_told(self._file.path):
                plain = self._ready()[1]
                plain.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
                self._start()
                plain.execute("PRAGMA busy_timeout = 0")
            # Whoever was in the way may have put another one in its place.
            self._file.check()
        except BaseException:
            self.close()
            raise

    def go_on(self, work: Callable[[Session], T]) -> T:
        """Run `work` in the transaction that was begun, as `begin` does."""
        if self._open is None:
            raise RuntimeError("no transaction was begun")
        session, plain = self._open[1:]
        self._budget.begin()
        try:
            self._file.check_log(plain)
            self._remember_what_still_holds(session, plain)
            result = work(session)
            session.flush()
            set_mark(session, writes=self._mode is Mode.WRITE)
            self._budget.check()
        except BaseException as error:
            # After a refusal of ours nothing is wrong with the connection.
            self.rollback(sound=isinstance(error, Refusal | TooLong) and not isinstance(error, Unavailable))
            if self._budget.is_spent and isinstance(error, Exception):
                raise self._budget.too_long() from None
            raise_told(error, self._file)
            raise
        return result

    def commit(self) -> None:
        """Commit the transaction that was begun.

        Raises:
            Unavailable: it cannot be kept now; nothing of it is.
            DamagedStore: the file was removed or replaced; what went into it is nowhere.
        """
        try:
            session, plain = self._ready()
            self._budget.end()
            plain.execute("COMMIT")
            session.expunge_all()
            if self._mode is Mode.WRITE:
                self._file.check_kept(plain)
        except BaseException as error:
            self.close()
            raise_told(error, self._file)
            raise

    def rollback(self, *, sound: bool = False) -> None:
        """Keep nothing of the transaction that was begun. Unless the connection is `sound`, the next is another."""
        if self._open is None or not (sound and self.is_begun):
            self.close()
            return
        session, plain = self._open[1:]
        session.expunge_all()
        forget_undone(session)
        self._budget.end()
        plain.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection; the next transaction opens it anew."""
        if self._open is not None:
            connection, session, _ = self._open
            self._open = None
            # Of a file that is damaged or a disk that fails, nothing can be undone: SQLite does that on opening it.
            with suppress(DBAPIError, sqlite3.Error), connection, session:
                session.rollback()

    def _start(self) -> None:
        try:
            self._ready()[1].execute("BEGIN" if self._mode is Mode.READ else "BEGIN IMMEDIATE")
        except BaseException as error:
            if self.is_begun:
                self.close()
            raise_told(error, self._file)
            raise

    def _remember_what_still_holds(self, session: Session, plain: sqlite3.Connection) -> None:
        # It changes when another connection has committed, in this process or in another, and reading it begins
        # the transaction whose state it tells.
        version = plain.execute("PRAGMA data_version").fetchone()[0]
        if version != self._data_version:
            self._file.check_version(plain)
            self._data_version = version
            forget(session)

    def _ready(self) -> tuple[Session, sqlite3.Connection]:
        if self._open is None:
            connection = self._engine.connect()
            plain: Any = connection.connection.driver_connection
            plain.execute(f"PRAGMA query_only = {int(self._mode is Mode.READ)}")
            plain.set_progress_handler(self._budget.step, STEPS_AT_A_TIME)
            session = keep_to(with_memory(Session(bind=connection, expire_on_commit=False)), self._budget)
            self._open, self._data_version = (connection, session, plain), 0
        self._file.check()
        return self._open[1:]


def stamp_file(path: Path, stamp: Stamp) -> None:
    """Write application id and schema version into a file that was just made or migrated, and switch WAL on."""
    with closing(open_plain(path, "rw")) as connection:
        connection.execute(f"PRAGMA application_id = {stamp.kind.value}")
        connection.execute(f"PRAGMA user_version = {stamp.schema_version}")
        connection.execute("PRAGMA journal_mode = WAL")


def checkpoint(path: Path) -> None:
    """Bring a file that nobody else has open into one piece, without a write-ahead log beside it."""
    with closing(open_plain(path, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_live(source: Path, target: Path) -> None:
    """Copy a database that may be in use, with SQLite's backup API, to a new file.

    Raises:
        DamagedStore: the source is missing or cannot be read.
        StorageFault: it is busy, or there is no room left for the copy.
    """
    with closing(open_plain(source, "rw")) as origin, closing(open_plain(target, "rwc")) as copy:
        try:
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode = WAL")
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            fault = fault_of(error, source)
            # Copying says only that it failed, be it for want of room.
            raise (
                fault
                if isinstance(fault, DamagedStore)
                else fault_of(error, target) or DamagedStore(f"{source} cannot be copied")
            ) from error


def read_once(path: Path, stamp: Stamp, work: Callable[[Session], T], *, examined: bool = False) -> T:
    """Run `work` as one transaction that cannot write, on an engine that is made for it and closed again. `examined`:
    the file is in use in this process, which looks through it.
    """
    engine = engine_of(GuardedFile(path, stamp, examined=examined), connections=1)
    try:
        return run_transaction(engine, Mode.READ, work)
    finally:
        engine.dispose()


def read_alone(path: Path, work: Callable[[Session], T]) -> T:
    """Run `work` on a file as it lies there, where nothing can be written, not even a lock. What is only in a log
    beside it is not seen. Not for a file that this process has open.

    Raises:
        StorageFault: the file cannot be read.
    """
    with faults_told(path), closing(open_alone(path)) as plain:
        connect: Any = lambda: plain  # noqa: E731  # What a pool calls to connect.
        with (
            engine_on(NullPool(connect, dialect=_COMMON.dialect)).connect() as connection,
            Session(connection) as session,
        ):
            return work(session)


def write_once(path: Path, stamp: Stamp, work: Callable[[Session], T]) -> T:
    """Run `work` as one transaction that may write, on an engine that is made for it and closed again."""
    engine = guarded_engine(path, stamp, connections=1)
    try:
        return run_transaction(engine, Mode.WRITE, work)
    finally:
        engine.dispose()


def stamp_of(path: Path) -> Stamp:
    """What the file says of itself, whatever its schema version.

    Raises:
        DamagedStore: it is missing, or it is no database of ours.
    """
    with closing(open_plain(path, "rw")) as connection:
        return read_stamp(connection, path)


def is_current(path: Path, stamp: Stamp) -> bool:
    """Whether the file states kind and schema version of `stamp`, found out without opening it as a database.

    A write-ahead log beside it is not read. Versions never go back, so the answer can only be wrong where it is False.
    """
    try:
        if is_open_here(path):
            return stamp_of(path) == stamp
        header = read_header(path)
    except StorageFault:
        return False
    return header.schema_version == stamp.schema_version and header.application_id == stamp.kind.value


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


def _only_in_place(engine: Engine, file: GuardedFile) -> None:
    @event.listens_for(engine, "begin")
    @event.listens_for(engine, "commit")
    def compare(connection: Connection) -> None:
        file.check()
        plain: Any = connection.connection.driver_connection
        file.check_log(plain)
        file.check_version(plain)


def raise_told(error: BaseException, file: GuardedFile | None) -> None:
    """Raise what is the file's fault or the storage's as the refusal that says so."""
    found = file.fault_of(error) if file is not None else None
    if found is not None and found is not error:
        raise found from error
