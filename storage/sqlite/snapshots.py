"""Reading what takes long through SQLAlchemy's asynchronous engine: rows are awaited, and the event loop goes on.

A snapshot is one transaction on a connection of its own, opened for it and closed with it. What is read is still a
function of a session. Only waiting for the database happens elsewhere, in the connection's thread; what the function
computes between its statements, it computes in the event loop. So it takes a page at a time, and what is to be done
with that page (hashing, writing a file) belongs into a worker. Work of which nobody knows what it
computes has a budget.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from storage.sqlite.connections import BUSY_TIMEOUT_MS, FileConnection
from storage.sqlite.engines import engine_on, raise_told
from storage.sqlite.guarded import GuardedFile
from storage.work.budget import Budget, keep_to
from storage.work.completion import to_its_end, to_its_end_or_stopped
from storage.work.metering import metered
from storage.work.stopping import STEPS_BETWEEN, Stop

T = TypeVar("T")

_ROWS_AT_A_TIME = 64
# What all have in common; it opens no file.
_COMMON = create_async_engine("sqlite+aiosqlite://", poolclass=NullPool)


class Snapshot:
    """One reading transaction, whose rows are awaited. One `read` at a time."""

    def __init__(self, file: GuardedFile, connection: AsyncConnection, plain: FileConnection) -> None:
        self._file = file
        self._session = AsyncSession(connection, sync_session_class=Session)
        self._stop = Stop()
        # From now on every statement ends soon after that is wished for.
        self._stop.mark(self._session.sync_session)  # type: ignore[arg-type]  # The session is SQLModel's.
        plain.set_progress_handler(self._stop.wished.is_set, STEPS_BETWEEN)

    async def read(self, work: Callable[[Session], T]) -> T:
        """What `work` answers; it reads a page, and computes little. Where the caller is cancelled, the database stops.

        Raises:
            StorageFault: the file or the storage did not allow it.
        """
        return await self._to_its_end(self._session.run_sync(work))  # type: ignore[arg-type]  # As above.

    async def read_whole(self, work: Callable[[Session], T]) -> T:
        """As `read`, for work of which nobody knows how much it computes: what it does between its statements keeps to
        the budget of the event loop.

        Raises:
            TooLong: it has computed too much to do another statement here; it has left nothing.
        """
        budget = Budget()
        keep_to(self._session.sync_session, budget)  # type: ignore[arg-type]  # As above.
        return await self._to_its_end(metered(self._session.run_sync(work), budget))  # type: ignore[arg-type]  # As above.

    async def _to_its_end(self, act: Coroutine[Any, Any, T]) -> T:
        try:
            # SQLAlchemy would give up a connection whose caller is cancelled, and leave its thread at work.
            return await to_its_end_or_stopped(act, self._stop.wish)
        except (DBAPIError, sqlite3.Error) as error:
            raise_told(error, self._file)
            raise


@asynccontextmanager
async def open_snapshot(file: GuardedFile) -> AsyncIterator[Snapshot]:
    """A snapshot of the file as it is now, and as it stays until the end.

    Raises:
        StorageFault: the file or the storage did not allow it.
    """
    driver = _Driver(file)
    connection = await to_its_end(_connected(file, driver))
    try:
        yield Snapshot(file, connection, driver.opened)
    finally:
        await to_its_end(connection.close())


async def _connected(file: GuardedFile, driver: _Driver) -> AsyncConnection:
    async def started() -> aiosqlite.Connection:
        return await driver

    dialect: Any = _COMMON.dialect
    pool = NullPool(lambda: dialect.dbapi.connect(async_creator_fn=started), dialect=dialect)
    try:
        return await AsyncEngine(engine_on(pool, _COMMON.sync_engine)).connect()
    except (DBAPIError, sqlite3.Error) as error:
        raise_told(error, file)
        raise


class _Driver(aiosqlite.Connection):
    """A connection in a thread of its own, to the file that was first opened, with a reading transaction begun."""

    opened: FileConnection

    def __init__(self, file: GuardedFile) -> None:
        super().__init__(self._open, _ROWS_AT_A_TIME)
        self._file = file

    def _open(self) -> FileConnection:
        self.opened = opened = self._file.open(busy_timeout_ms=BUSY_TIMEOUT_MS)
        try:
            opened.execute("PRAGMA query_only = 1")
            opened.execute("BEGIN")
            # Reading it begins the transaction whose state it tells.
            self._file.check_version(opened)
            self._file.check_log(opened)
        except BaseException:
            opened.close()
            raise
        return opened

    def cursor(self) -> _Rows:  # type: ignore[override]  # What SQLAlchemy awaits of it is all here.
        return _Rows(self)


class _Rows:
    """A statement and its rows in one go to the thread: each way there and back costs more than most statements do.

    SQLAlchemy awaits a cursor, its statement, its rows and its end one after the other, and keeps all rows anyway.
    """

    arraysize = 1
    lastrowid = None

    def __init__(self, driver: _Driver) -> None:
        self._driver = driver
        self._fetched: list[Any] = []
        self.description: Any = None
        self.rowcount = -1

    async def __aenter__(self) -> _Rows:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> None:
        driver: Any = self._driver
        self._fetched, self.description, self.rowcount = await driver._execute(self._run, operation, parameters)

    async def fetchall(self) -> list[Any]:
        fetched, self._fetched = self._fetched, []
        return fetched

    async def close(self) -> None:
        self._fetched = []

    def _run(self, operation: str, parameters: Any) -> tuple[list[Any], Any, int]:
        with closing(self._driver.opened.execute(operation, parameters)) as cursor:
            return cursor.fetchall(), cursor.description, cursor.rowcount
