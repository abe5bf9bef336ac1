"""Turns for work that takes long, dealt out fairly: the load of one organization is never another's.

Organizations that have work waiting take turns, one piece of work each; none has more than its share under way,
however much it asks for, so that another's first piece need not wait for the end of a long row. Whoever waits costs
neither a thread nor a process, and can be cancelled; whoever would make a row too long is told so.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from invoicing.refusals import Unavailable
from invoicing.text.typed import counted


@dataclass(frozen=True, slots=True)
class Share:
    """How many pieces of work are under way at once: `at_once` in all, `each` of one organization; and how many of
    one organization wait at most.
    """

    at_once: int
    each: int
    waiting: int


class FairTurns:
    """The turns of one kind of work, in one event loop. `what` names a piece of it in a refusal."""

    def __init__(self, what: str, share: Share) -> None:
        self._what = what
        self._share = share
        self._under_way: Counter[str] = Counter()
        # The organization that is asked first had its last turn longest ago.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, organization_id: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            Unavailable: too much of this organization's work waits already.
        """
        await self._wait(organization_id)
        try:
            yield
        finally:
            self._end(organization_id)

    def figures(self) -> tuple[int, int, int]:
        """How many pieces of work are under way, how many wait, and how many there may be under way."""
        return self._under_way.total(), sum(len(row) for row in self._waiting.values()), self._share.at_once

    async def _wait(self, organization_id: str) -> None:
        if organization_id not in self._waiting and self._is_free(organization_id):
            self._under_way[organization_id] += 1
            return
        row = self._waiting.setdefault(organization_id, deque())
        if len(row) >= self._share.waiting:
            raise Unavailable(
                f"{counted(len(row), self._what)} of this organization wait already: try again when some of"
                " them are done."
            )
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        row.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                # The turn came in the same moment: nobody is left to take it.
                self._end(organization_id)
            else:
                self._forget(organization_id, mine)
            raise

    def _forget(self, organization_id: str, mine: asyncio.Future[None]) -> None:
        row = self._waiting.get(organization_id, deque())
        if mine in row:
            row.remove(mine)
            if not row:
                del self._waiting[organization_id]

    def _end(self, organization_id: str) -> None:
        self._under_way[organization_id] -= 1
        if not self._under_way[organization_id]:
            del self._under_way[organization_id]
        while (following := next(filter(self._is_free, self._waiting), None)) is not None:
            row = self._waiting[following]
            one = row.popleft()
            self._waiting.move_to_end(following)
            if not row:
                del self._waiting[following]
            if not one.cancelled():
                self._under_way[following] += 1
                one.set_result(None)

    def _is_free(self, organization_id: str) -> bool:
        return self._under_way.total() < self._share.at_once and self._under_way[organization_id] < self._share.each
