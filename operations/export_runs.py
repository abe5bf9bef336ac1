"""Exports that somebody has started on a page: they go on when the page is left, and tell how far they have come.

They are of the process that serves: whoever asks after a restart is told that there is none, which says that it was
interrupted. What they have made is on record like every export.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import anyio
from anyio.abc import TaskGroup

from invoicing.refusals import Conflict, NotFound, Refusal, Unavailable
from operations.files import ExportRequest, MadeFile, check_export, export_documents
from storage.books.pool import Books
from storage.ids import new_id

_KEPT_MAX = 20
"""So many runs of an organization are remembered, the newest."""
_UNDER_WAY_MAX = 10
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


@dataclass(slots=True)
class ExportRuns:
    """The runs of a process, by organization. `run` is entered around all that starts any."""

    _runs: dict[str, deque[ExportRun]] = field(default_factory=dict)
    _group: TaskGroup | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """What is under way at the end is left: the books hold nothing of it."""
        async with anyio.create_task_group() as group:
            self._group = group
            yield
            self._group = None
            group.cancel_scope.cancel()

    def start(self, books: Books, request: ExportRequest) -> ExportRun:
        """Start an export; where the same one is under way for the same person, that is the one.

        Raises:
            InvalidInput: a format or kind that there is not, or dates out of order.
            Conflict: too many are under way.
            Unavailable: the server is about to end.
        """
        check_export(request)
        known = self._runs.setdefault(books.organization.id, deque())
        under_way = [one for one in known if not one.standing.is_over]
        for one in under_way:
            if (one.request, one.by) == (request, books.actor):
                return one
        if len(under_way) >= _UNDER_WAY_MAX:
            raise Conflict(f"{len(under_way)} exports of this organization are under way: wait until one has ended.")
        if self._group is None:
            raise Unavailable("No export can be started at this moment.")
        started = ExportRun(new_id("run"), books.actor, request, books.clock())
        while len(known) >= _KEPT_MAX:
            known.remove(next(one for one in known if one.standing.is_over))
        known.append(started)
        self._group.start_soon(_make, books, started)
        return started

    def of(self, books: Books) -> list[ExportRun]:
        """The runs of these books that are remembered, the newest first."""
        return list(reversed(self._runs.get(books.organization.id, ())))

    def find(self, books: Books, run_id: str) -> ExportRun:
        """The run of this id, of these books.

        Raises:
            NotFound: there is none, or not any more.
        """
        for one in self._runs.get(books.organization.id, ()):
            if one.id == run_id:
                return one
        raise NotFound("No such export here, or not any more.")


async def _make(books: Books, run: ExportRun) -> None:
    async def tell(done: int, count: int) -> None:
        run.standing, run.done, run.count = Standing.RUNNING, done, count

    try:
        run.made = await export_documents(books, run.request, progress=tell)
        run.standing = Standing.DONE
    except Refusal as refusal:
        run.refused, run.standing = refusal, Standing.FAILED
    except Exception:
        # One that cannot be made ends no other.
        _log.exception("an export could not be made")
        run.refused, run.standing = Unavailable("It could not be made: the server's log says why."), Standing.FAILED
