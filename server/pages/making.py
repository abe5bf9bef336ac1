"""Clients that are being made: each goes on whether or not its maker's browser waits, and tells how far it is.

One is made by the process that was asked for it, which keeps in the directory how far it is, for whichever process is
asked next.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import TypeAdapter
from sqlmodel import Session

from invoicing.organizations import Clock
from invoicing.progress import AsyncProgress
from invoicing.refusals import Refusal
from operations.copying.writing import LAYERS
from operations.refusals_kept import KeptRefusal, keep_refusal, refusal_kept
from storage.directory import followed
from storage.directory.database import Directory
from storage.directory.followed import Followed

_KIND = "client"
_REMEMBERED = timedelta(hours=1)
"""What was made stands in the list of clients; here is only what somebody may still be waiting for."""

Make = Callable[[AsyncProgress], Awaitable[str]]
"""Makes the client, and answers where one goes on with it."""


@dataclass(slots=True)
class Making:
    """A client of a practice that a person makes, begun by the form of this `mark`: `done` of its layers stand. At the
    end `way` is where one goes on with it, or `refused` why there is none.
    """

    mark: str
    name: str
    user_id: str
    practice_id: str
    done: int = 0
    of: int = LAYERS
    way: str = ""
    refused: Refusal | None = None

    @property
    def is_over(self) -> bool:
        return bool(self.way) or self.refused is not None


@dataclass(frozen=True, slots=True)
class _State:
    """One as it is kept."""

    name: str
    done: int
    of: int
    way: str
    refused: KeptRefusal | None


_STATE = TypeAdapter(_State)


@dataclass(slots=True)
class Makings:
    """Those of a data folder, each by the mark of the form that asked for it: a form that is sent twice makes one."""

    _directory: Directory
    _clock: Clock
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def begin(self, new: Making, make: Make) -> asyncio.Task[None]:
        """Begin to make a client; the task ends when it is over, and raises what was a defect."""
        await self._keep(new)
        task = asyncio.create_task(self._make(new, make))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def find(self, mark: str, *, user_id: str, practice_id: str) -> Making | None:
        """The one of this mark, for the person who asked for it, at the practice that it is for."""
        key, now = _key(mark, user_id, practice_id), self._clock()
        kept = await self._directory.read(lambda db: followed.find_followed(db, _KIND, practice_id, key, now=now))
        if kept is None:
            return None
        state = _STATE.validate_json(kept.state)
        refused = refusal_kept(state.refused) if state.refused else None
        return Making(mark, state.name, user_id, practice_id, state.done, state.of, state.way, refused)

    async def _make(self, making: Making, make: Make) -> None:
        async def progress(done: int, of: int) -> None:
            making.done, making.of = done, of
            kept = self._followed(making)
            await self._directory.note(lambda db: followed.put_followed(db, kept))

        try:
            making.way = await make(progress)
        except Refusal as refusal:
            making.refused = refusal
        await self._keep(making)

    async def _keep(self, making: Making) -> None:
        kept, now = self._followed(making), self._clock()

        def work(db: Session) -> None:
            for one in followed.expired_followed(db, _KIND, now=now):
                followed.forget_followed(db, one.id)
            followed.put_followed(db, kept)

        await self._directory.write(work)

    def _followed(self, making: Making) -> Followed:
        refused = keep_refusal(making.refused) if making.refused else None
        state, now = _State(making.name, making.done, making.of, making.way, refused), self._clock()
        return Followed(
            id=_key(making.mark, making.user_id, making.practice_id),
            kind=_KIND,
            organization_id=making.practice_id,
            by=making.user_id,
            state=_STATE.dump_json(state).decode(),
            begun_at=now,
            alive_at=None if making.is_over else now,
            expires_at=now + _REMEMBERED,
        )


def _key(mark: str, user_id: str, practice_id: str) -> str:
    """A mark is what a form says, and may be anybody's."""
    return hashlib.sha256(f"{user_id}\n{practice_id}\n{mark}".encode()).hexdigest()
