"""One schema of a server in use: transactions run whole, one writer at a time among all processes.

A transaction that computes little runs in the event loop, which goes on while the server works. One that computes much
runs in a thread, with an event loop and a connection of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.database import Mode
from storage.faults.errors import DamagedStore
from storage.postgres.engines import NotFree, prepare, transact, transact_once
from storage.postgres.faults import server_faults_told
from storage.postgres.scopes import Scope
from storage.postgres.stamps import check_stamp, check_stamp_again
from storage.queries.cache import Memory, lend
from storage.work.budget import Budget, TooLong, keep_to, nothing_hidden
from storage.work.completion import to_its_end, to_its_end_or_stopped
from storage.work.metering import metered
from storage.work.stopping import Stop, Stopped

T = TypeVar("T")


def as_checked(scope: Scope, where: str, work: Callable[[Session], T]) -> Callable[[Session], T]:
    """`work`, after the schema has said that it is the right one."""

    def checked(session: Session) -> T:
        check_stamp(session, scope, where)
        return work(session)

    return checked


class SchemaDatabase:
    """A schema, reached over the connections that all schemas share."""

    def __init__(self, engine: AsyncEngine, url: URL, scope: Scope, where: str) -> None:
        """`url` is that of the engine, as it was given."""
        self._engine = engine
        self._url = url
        self._scope = scope
        self._where = where
        self._turn = asyncio.Lock()
        self._damaged = False
        self._is_known = False
        self._memory = Memory()

    @property
    def has_fault(self) -> bool:
        return self._damaged

    @property
    def is_intact(self) -> bool:
        return not self._damaged

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        try:
            return await self.run_at_once(mode, work)
        except TooLong:
            return await self.run_in_thread(mode, work)

    async def run_in_thread(self, mode: Mode, work: Callable[[Session], T], *, stoppable: bool = False) -> T:
        stop = Stop()
        watched = partial(stop.watched_statements, self._checked(work))
        alone = _Alone(self._url, self._scope)
        act = anyio.to_thread.run_sync(alone.run, mode, watched)
        if mode is Mode.READ:
            return await self._told(to_its_end_or_stopped(act, partial(alone.cancel, stop)), mode)
        return await self._told(to_its_end_or_stopped(act, stop.wish) if stoppable else to_its_end(act))

    async def run_at_once(self, mode: Mode, work: Callable[[Session], T]) -> T:
        budget = Budget()

        def within_budget(session: Session) -> T:
            with nothing_hidden(budget):
                return self._remembering(work)(keep_to(session, budget))

        if mode is Mode.READ:
            act = metered(transact(self._engine, self._scope, mode, within_budget), budget)
            return await self._told(_to_its_end_or_cancelled(act), mode)
        # Who waits for somebody of the same process needs no connection meanwhile.
        async with self._turn:
            return await self._told(
                to_its_end(metered(transact(self._engine, self._scope, mode, within_budget), budget))
            )

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SchemaSnapshot]:
        with server_faults_told(self._where):
            connection = await self._engine.connect()
        try:
            await prepare(connection, self._scope, Mode.READ)
            snapshot = SchemaSnapshot(connection, self._where)
            await snapshot.read(self._checked(lambda session: None))
            yield snapshot
        finally:
            await to_its_end(connection.close())

    async def write_if_free(self, work: Callable[[Session], object]) -> bool:
        if self._turn.locked():
            return False
        try:
            async with self._turn:
                await self._told(
                    to_its_end(transact(self._engine, self._scope, Mode.WRITE, self._checked(work), wait=False))
                )
        except (NotFree, Unavailable):
            return False
        return True

    def rest(self) -> None:
        """Give back what is remembered; nothing is open for it alone."""
        self._memory = Memory()

    async def close(self) -> None:
        """Connections are those of all schemas."""

    def _checked(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        return as_checked(self._scope, self._where, work)

    def _remembering(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """As checked; from the second time on `work` remembers, as far as nobody has changed a setting."""

        def run(session: Session) -> T:
            if self._is_known:
                mark = check_stamp_again(session, self._scope, self._where)
                if mark != self._memory.mark:
                    self._memory = Memory(mark)
                lend(session, self._memory)
            else:
                check_stamp(session, self._scope, self._where)
                self._is_known = True
            return work(session)

        return run

    async def _told(self, act: Coroutine[Any, Any, T], mode: Mode = Mode.WRITE) -> T:
        try:
            with server_faults_told(self._where, only_reads=mode is Mode.READ):
                answer = await act
        except DamagedStore:
            self._damaged, self._is_known = True, False
            raise
        self._damaged = False
        return answer


class _Alone:
    """A transaction in a thread, with an event loop and a connection of its own."""

    def __init__(self, url: URL, scope: Scope) -> None:
        self._url = url
        self._scope = scope
        self._cancel: Callable[[], object] | None = None

    def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        return asyncio.run(self._run(mode, work))

    def cancel(self, stop: Stop) -> None:
        """Let it end, in the middle of what the server does for it as well."""
        stop.wish()
        if self._cancel is not None:
            self._cancel()

    async def _run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        act = asyncio.ensure_future(transact_once(self._url, self._scope, mode, work))
        self._cancel = partial(asyncio.get_running_loop().call_soon_threadsafe, act.cancel)
        try:
            return await act
        except asyncio.CancelledError:
            raise Stopped from None
        finally:
            self._cancel = None


class SchemaSnapshot:
    """One reading transaction on a connection of the pool."""

    def __init__(self, connection: AsyncConnection, where: str) -> None:
        self._session = AsyncSession(connection, sync_session_class=Session)
        self._where = where

    async def read(self, work: Callable[[Session], T]) -> T:
        with server_faults_told(self._where, only_reads=True):
            return await _to_its_end_or_cancelled(self._run(work))

    async def read_whole(self, work: Callable[[Session], T]) -> T:
        budget = Budget()
        with server_faults_told(self._where, only_reads=True):
            return await _to_its_end_or_cancelled(metered(self._run(work, budget), budget))

    async def _run(self, work: Callable[[Session], T], budget: Budget | None = None) -> T:
        def read(session: Session) -> T:
            return work(session if budget is None else keep_to(session, budget))

        return await self._session.run_sync(read)  # type: ignore[arg-type]  # The session is SQLModel's.


async def _to_its_end_or_cancelled(act: Coroutine[Any, Any, T]) -> T:
    """Await `act`; where the caller is cancelled, the server stops what it does, and the caller waits for that."""
    task = asyncio.ensure_future(act)

    async def ended() -> T:
        with suppress(asyncio.CancelledError):
            return await task
        raise Unavailable("The caller has gone.")

    def stop() -> None:
        task.cancel()

    return await to_its_end_or_stopped(ended(), stop)
