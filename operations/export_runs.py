"""Exports that somebody has started on a page: they go on when the page is left, and tell how far they have come.

One is made by the process at which it was started, which keeps in the directory how far it is, so that the page is at
home at any other. Where that process has ended, the export is told of no more, which says that it was interrupted. What
was made is on record like every export.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import anyio
from anyio.abc import TaskGroup
from pydantic import TypeAdapter
from sqlmodel import Session

from invoicing.refusals import Conflict, NotFound, Refusal, Unavailable
from operations.files import ExportRequest, MadeFile, check_export, export_documents
from operations.refusals_kept import KeptRefusal, keep_refusal, refusal_kept
from storage.books.pool import Books
from storage.directory import followed
from storage.directory.database import Directory
from storage.directory.followed import Followed
from storage.ids import new_id

_KIND = "export"
_UNDER_WAY_MAX = 10
_REMEMBERED = timedelta(hours=24)
_TOLD_EVERY_SECONDS = 1
_ALIVE_EVERY_SECONDS = 15
_log = logging.getLogger(__name__)


class Standing(StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self in (Standing.DONE, Standing.FAILED)


@dataclass(slots=True)
class ExportRun:
    """An export that was started by whoever is `by`. `done` of `count` documents or entries are in it; `made` is the
    file at its end, or `refused` says why there is none.
    """

    id: str
    by: str
    request: ExportRequest
    started_at: datetime
    standing: Standing = Standing.WAITING
    done: int = 0
    count: int = 0
    made: MadeFile | None = None
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """How far a run is, as it is kept."""

    request: ExportRequest
    standing: Standing
    done: int
    count: int
    made: MadeFile | None
    refused: KeptRefusal | None


_STATE = TypeAdapter(_State)


@dataclass(slots=True)
class ExportRuns:
    """The runs of all processes on a directory. `run` is entered around all that starts any."""

    _directory: Directory
    _here: dict[str, tuple[Books, ExportRun]] = field(default_factory=dict)
    """Those that this process is at."""
    _group: TaskGroup | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """What is under way at the end is left: the books hold nothing of it."""
        async with anyio.create_task_group() as group:
            self._group = group
            group.start_soon(self._say_alive)
            yield
            self._group = None
            group.cancel_scope.cancel()
        for run_id in list(self._here):
            await self._directory.note(partial(_forget, run_id))

    async def start(self, books: Books, request: ExportRequest) -> ExportRun:
        """Start an export; where the same one is under way for the same person, that is the one.

        Raises:
            InvalidInput: a format or kind that there is not, or dates out of order.
            Conflict: too many are under way.
            Unavailable: the server is about to end.
        """
        check_export(request)
        under_way = [one for one in await self.of(books) if not one.standing.is_over]
        for one in under_way:
            if (one.request, one.by) == (request, books.actor):
                return one
        if len(under_way) >= _UNDER_WAY_MAX:
            raise Conflict(f"{len(under_way)} exports of this organization are under way: wait until one has ended.")
        started = ExportRun(new_id("run"), books.actor, request, books.clock())
        await self._keep(books, started)
        if self._group is None:
            raise Unavailable("No export can be started at this moment.")
        self._here[started.id] = books, started
        self._group.start_soon(self._make, books, started)
        return started

    async def of(self, books: Books) -> list[ExportRun]:
        """The runs of these books that are remembered, the newest first."""
        here, now = books.organization.id, books.clock()
        return [self._known(one) for one in await self._directory.read(_all_of(here, now))]

    async def find(self, books: Books, run_id: str) -> ExportRun:
        """The run of this id, of these books.

        Raises:
            NotFound: there is none, or not any more.
        """
        here, now = books.organization.id, books.clock()
        found = await self._directory.read(lambda db: followed.find_followed(db, _KIND, here, run_id, now=now))
        if found is None:
            raise NotFound("No such export here, or not any more.")
        return self._known(found)

    def _known(self, one: Followed) -> ExportRun:
        if one.id in self._here:
            return self._here[one.id][1]
        state = _STATE.validate_json(one.state)
        refused = refusal_kept(state.refused) if state.refused else None
        return ExportRun(
            one.id, one.by, state.request, one.begun_at, state.standing, state.done, state.count, state.made, refused
        )

    async def _make(self, books: Books, run: ExportRun) -> None:
        told = anyio.current_time()

        async def tell(done: int, count: int) -> None:
            nonlocal told
            run.standing, run.done, run.count = Standing.RUNNING, done, count
            if anyio.current_time() - told >= _TOLD_EVERY_SECONDS:
                told = anyio.current_time()
                await self._note(books, run)

        try:
            run.made = await export_documents(books, run.request, progress=tell)
            run.standing = Standing.DONE
        except Refusal as refusal:
            run.refused, run.standing = refusal, Standing.FAILED
        except Exception:
            # One that cannot be made ends no other.
            _log.exception("an export could not be made")
            run.refused, run.standing = Unavailable("It could not be made: the server's log says why."), Standing.FAILED
        try:
            await self._keep(books, run)
        except Unavailable as error:
            _log.warning("what has become of an export could not be kept: %s", error)
        else:
            del self._here[run.id]

    async def _say_alive(self) -> None:
        while True:
            await anyio.sleep(_ALIVE_EVERY_SECONDS)
            for books, run in list(self._here.values()):
                await self._note(books, run)

    async def _keep(self, books: Books, run: ExportRun) -> None:
        kept, now = _followed(books, run), books.clock()

        def work(db: Session) -> None:
            for one in followed.expired_followed(db, _KIND, now=now):
                followed.forget_followed(db, one.id)
            followed.put_followed(db, kept)

        await self._directory.write(work)

    async def _note(self, books: Books, run: ExportRun) -> None:
        """Keep how far it is where nobody is in the way: it is told again soon."""
        kept = _followed(books, run)
        await self._directory.note(lambda db: followed.put_followed(db, kept))


def _forget(run_id: str, db: Session) -> None:
    followed.forget_followed(db, run_id)


def _all_of(organization_id: str, now: datetime) -> Callable[[Session], list[Followed]]:
    return lambda db: followed.all_followed(db, _KIND, organization_id, now=now)


def _followed(books: Books, run: ExportRun) -> Followed:
    refused = keep_refusal(run.refused) if run.refused else None
    state = _State(run.request, run.standing, run.done, run.count, run.made, refused)
    return Followed(
        id=run.id,
        kind=_KIND,
        organization_id=books.organization.id,
        by=run.by,
        state=_STATE.dump_json(state).decode(),
        begun_at=run.started_at,
        # What is over needs nobody to be at it.
        alive_at=None if run.standing.is_over else books.clock(),
        expires_at=run.started_at + _REMEMBERED,
    )
