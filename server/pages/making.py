"""Clients that are being made: each goes on whether or not its maker's browser waits, and tells how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from invoicing.progress import AsyncProgress
from operations.copying.writing import LAYERS
from operations.onboarding import NewClient

_KEPT_MAX = 200


@dataclass(slots=True)
class Making:
    """A client of a practice that a person makes: `done` of its layers stand, and `task` comes to what was made."""

    name: str
    user_id: str
    practice_id: str
    task: asyncio.Task[NewClient]
    done: int = 0
    of: int = LAYERS


@dataclass(slots=True)
class Makings:
    """Those of this process, each by the mark of the form that asked for it: a form that is sent twice makes one."""

    known: dict[str, Making] = field(default_factory=dict)

    def begin(
        self,
        mark: str,
        name: str,
        *,
        user_id: str,
        practice_id: str,
        make: Callable[[AsyncProgress], Awaitable[NewClient]],
    ) -> Making:
        """Begin to make a client."""
        self._forget_the_oldest()

        async def progress(done: int, of: int) -> None:
            making.done, making.of = done, of

        async def made() -> NewClient:
            return await make(progress)

        making = Making(name, user_id, practice_id, asyncio.create_task(made()))
        self.known[mark] = making
        return making

    def find(self, mark: str, *, user_id: str, practice_id: str) -> Making | None:
        """The one of this mark, for the person who asked for it, at the practice that it is for."""
        found = self.known.get(mark)
        if found is None or (found.user_id, found.practice_id) != (user_id, practice_id):
            return None
        return found

    def _forget_the_oldest(self) -> None:
        """What was made stands in the list of clients; here is only what somebody may still be waiting for."""
        ended = [mark for mark, one in self.known.items() if one.task.done()]
        for mark in ended[: max(0, len(self.known) - _KEPT_MAX)]:
            del self.known[mark]
