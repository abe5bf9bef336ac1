"""The only place that opens connections to a server, and begins and ends transactions there.

Each transaction takes a role and a path of schemas for itself alone, in its first statement: what forgets whose it is
finds no table, and what names another's may not read it. A writing one takes the lock of its database in the same
statement and waits for it no longer than a writer of a file would.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from weakref import WeakSet

import asyncpg
from sqlalchemy import Connection, RootTransaction, bindparam, event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, NullPool
from sqlmodel import Session

from storage.database import Mode
from storage.postgres.scopes import OWNER, Scope
from storage.queries.cache import set_mark
from storage.queries.types import JsonOf

T = TypeVar("T")

CONNECTIONS = 10
"""Of one process that serves; a server has 100 unless told otherwise."""
CONNECT_SECONDS = 10
CLOSE_SECONDS = 2
WAIT_SECONDS = 5
"""For a connection of the pool: as long as for a file that is busy."""
LOCK_SECONDS = 15
"""For the lock of whoever writes: longer than a transaction of another process takes on a server that is very busy. Of
each organization one of a process waits."""
STATEMENT_SECONDS = 25
"""For the server, which ends what takes longer; the connection goes on."""
ANSWER_SECONDS = 30
"""For whatever is said to the server. One that has not answered by then hangs: the connection is given up."""
MAKING_SECONDS = 300
"""The same, where schemas are made or removed."""
IDLE_SECONDS = 300
"""For a writer that says nothing: it keeps an organization's lock, and is as long away as a call may take."""
SCHEMAS_EACH = 200
"""A connection that has been in more schemas is made anew: the server keeps what it knows of each, and forgets none."""

POOLING, TRANSACTION = "pooling", "transaction"
"""Of the URL's query: a pool of connections stands before the server, which lends one for a transaction."""
_SCOPE = "counterfoil_scope"
_LOCKS = "counterfoil_locks"
_PLAIN = "counterfoil_plain"
_SCHEMAS = "counterfoil_schemas"
_TAKE = (
    "SELECT set_config('search_path', :path, true), set_config('role', :role, true),"
    f" set_config('statement_timeout', '{STATEMENT_SECONDS}s', true)"
)
_TAKE_ROLE = text(_TAKE)
# Left to right: how long it waits is set before it waits.
_TAKE_ROLE_AND_LOCK = text(
    f"{_TAKE}, set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true),"
    " set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:key)"
).bindparams(bindparam("wait", f"{LOCK_SECONDS}s"))
# A change of tables takes as long as there are rows.
_UNHURRIED = text("SELECT set_config('statement_timeout', '0', true)")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")


class NotFree(Exception):
    """Somebody else writes at this moment, and the transaction was not to wait."""


class _NotBegun(DBAPIError):
    """The connection had been ended before the transaction could begin."""


class Connections:
    """The connections that a process serves from: they are kept, and those that the server has closed made anew."""

    def __init__(self, url: URL) -> None:
        self._open: WeakSet[Any] = WeakSet()
        self.engine = _with_beginnings(
            create_async_engine(
                _spoken_to(url),
                poolclass=AsyncAdaptedQueuePool,
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_timeout=WAIT_SECONDS,
                pool_pre_ping=False,
                hide_parameters=True,
                connect_args=_arguments(url, ANSWER_SECONDS),
            ),
            url,
        )
        event.listen(self.engine.sync_engine, "connect", self._count)
        event.listen(self.engine.sync_engine, "checkin", _made_anew)

    async def close(self) -> None:
        """Close all of them, at once: a server that hangs says goodbye to none."""
        await asyncio.gather(*(one.close(timeout=CLOSE_SECONDS) for one in list(self._open)), return_exceptions=True)
        await self.engine.dispose()

    def _count(self, connection: Any, _: object) -> None:
        self._open.add(connection.driver_connection)


@asynccontextmanager
async def passing_engine(url: URL, *, answers_within: int | None) -> AsyncIterator[AsyncEngine]:
    """An engine that keeps no connection, for one act; whatever it says to the server is answered within so many
    seconds, or however late.
    """
    engine = create_async_engine(
        _spoken_to(url), poolclass=NullPool, hide_parameters=True, connect_args=_arguments(url, answers_within)
    )
    try:
        yield _with_beginnings(engine, url)
    finally:
        await engine.dispose()


async def transact_once(url: URL, scope: Scope, mode: Mode, work: Callable[[Session], T]) -> T:
    """As `transact`, on a connection that is made for it and closed again."""
    async with passing_engine(url, answers_within=ANSWER_SECONDS) as engine:
        return await transact(engine, scope, mode, work)


async def transact(
    engine: AsyncEngine, scope: Scope, mode: Mode, work: Callable[[Session], T], *, wait: bool = True
) -> T:
    """Run `work` as one transaction of this scope: all of it is kept, or, when it raises, nothing.

    A connection that was kept may have been ended meanwhile, which is found out by its first statement: then nothing
    has begun, and it begins once more on another.

    Raises:
        NotFree: somebody else writes there, and it was not to `wait`.
    """
    try:
        return await _transact(engine, scope, mode, work, wait=wait)
    except _NotBegun:
        return await _transact(engine, scope, mode, work, wait=wait)


async def _transact(engine: AsyncEngine, scope: Scope, mode: Mode, work: Callable[[Session], T], *, wait: bool) -> T:
    async with engine.connect() as connection:
        await prepare(connection, scope, mode, wait=wait)
        return await connection.run_sync(_run, work)


async def prepare(connection: AsyncConnection, scope: Scope, mode: Mode, *, wait: bool = True) -> None:
    """Let the connection's transactions be of this scope and mode; it asks the server nothing."""
    reads = mode is Mode.READ
    await connection.execution_options(
        **{_SCOPE: scope, _LOCKS: None if reads else wait},
        # All that is read is of one moment; whoever writes is alone, and sees what was kept before.
        isolation_level="REPEATABLE READ" if reads else "READ COMMITTED",
        postgresql_readonly=reads,
    )


def run_apart(act: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in an event loop of its own, for who is in a thread already; where that thread has an
    event loop itself, in another.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(act())
    with ThreadPoolExecutor(1, thread_name_prefix="counterfoil-postgres") as thread:
        return thread.submit(asyncio.run, act()).result()


def plain(connection: Connection) -> Connection:
    """The connection, whose transactions begin without a role: for making schemas and roles."""
    return connection.execution_options(**{_PLAIN: True})


def take_role(connection: Connection, scope: Scope, *, lock: bool = False) -> None:
    """Go on in the transaction that has begun as whoever may use this scope alone, and with its lock."""
    named = {"path": scope.search_path, "role": scope.role}
    if lock:
        connection.execute(_TAKE_ROLE_AND_LOCK, {**named, "key": scope.lock})
    else:
        connection.execute(_TAKE_ROLE, named)
    if scope.role == OWNER:
        connection.execute(_UNHURRIED)


def run_script(connection: Connection, statements: Iterable[str]) -> None:
    """Run statements of ours that take no values, all at once: each by itself would be prepared first."""
    driver: Any = connection.connection.dbapi_connection
    driver.run_async(lambda plain: plain.execute(";\n".join(statements)))


@compiles(JsonOf, "postgresql")
def _json_of_text(element: JsonOf, compiler: Any, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS JSON)"


def _run(connection: Connection, work: Callable[[Session], T]) -> T:
    with _begun(connection), Session(bind=connection, expire_on_commit=False) as session:
        result = work(session)
        session.flush()
        set_mark(session, writes=not connection.get_execution_options().get("postgresql_readonly"))
    return result


def _begun(connection: Connection) -> RootTransaction:
    try:
        return connection.begin()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _NotBegun(error.statement, error.params, error.orig or error) from error
        raise


def _with_beginnings(engine: AsyncEngine, url: URL) -> AsyncEngine:
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "connect", _lent if _is_pooled(url) else _connected)
    event.listen(engine.sync_engine, "handle_error", _given_up)
    return engine


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    scope: Scope | None = options.get(_SCOPE)
    if scope is not None:
        wait: bool | None = options.get(_LOCKS)
        connection.info.setdefault(_SCHEMAS, set()).add(scope.schema)
        take_role(connection, scope, lock=bool(wait))
        if wait is False and not connection.execute(_TRY_LOCK, {"key": scope.lock}).scalar_one():
            raise NotFree
    elif not options.get(_PLAIN):
        raise RuntimeError("a transaction that does not say whose it is")


def _connected(connection: Any, _: object) -> None:
    """Sums of whole numbers are whole: the server calls them numeric, and no column is that."""
    connection.run_async(_read_whole_numbers)


def _lent(connection: Any, _: object) -> None:
    """The same, where a connection of the server is lent for a transaction."""
    connection.run_async(_read_whole_numbers_at_once)


def _made_anew(_: object, record: ConnectionPoolEntry) -> None:
    """Before it is used the next time, where the server remembers too much for it."""
    if len(record.info.get(_SCHEMAS, ())) >= SCHEMAS_EACH:
        record.invalidate(soft=True)


def _given_up(context: ExceptionContext) -> None:
    """A connection that is cut while the driver speaks may leave it at a loss in the middle of a word; and whatever a
    server that hangs says in the end, it is not the answer to what is asked next.
    """
    error = context.original_exception
    if isinstance(error, TimeoutError) or isinstance(error.__cause__, asyncpg.InternalClientError):
        context.is_disconnect = True


async def _read_whole_numbers(driver: Any) -> None:
    await driver.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=int, format="text")


async def _read_whole_numbers_at_once(driver: Any) -> None:
    # What is asked for this is more than one statement: in a transaction all of them go to one connection.
    async with driver.transaction():
        await _read_whole_numbers(driver)


def _spoken_to(url: URL) -> URL:
    """The URL as the driver takes it."""
    return url.difference_update_query([POOLING])


def _is_pooled(url: URL) -> bool:
    return url.query.get(POOLING) == TRANSACTION


def _arguments(url: URL, answers_within: int | None) -> dict[str, Any]:
    settings = {"application_name": "counterfoil", "timezone": "UTC"}
    given: dict[str, Any] = {"timeout": CONNECT_SECONDS, "command_timeout": answers_within, "server_settings": settings}
    if not _is_pooled(url):
        settings["jit"] = "off"
        return given
    # The next transaction finds another connection of the server, which has prepared nothing.
    given |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0, "prepared_statement_name_func": _unnamed}
    return given


def _unnamed() -> str:
    return ""
