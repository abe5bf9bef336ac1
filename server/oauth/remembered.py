"""What is fetched is remembered for a time, and so is that it cannot be had: whoever has an address asked has it asked
once in a while, however often they come.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import anyio

from invoicing.organizations import Clock
from server.oauth.fetching import Busy, NotFetched
from server.oauth.programs import Fetch

ASKED_AGAIN = timedelta(minutes=1)
"""No address that a stranger has named is asked more often."""
ADDRESSES_MAX = 256


@dataclass(slots=True)
class _Address:
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    asking: anyio.Lock = field(default_factory=anyio.Lock)


@dataclass(slots=True)
class Remembered:
    """The answers of the addresses that were asked last; `failed` says how long one that could not be had is not asked
    again.
    """

    fetch: Fetch
    clock: Clock
    failed: timedelta = ASKED_AGAIN
    _known: OrderedDict[str, _Address] = field(default_factory=OrderedDict)

    async def get(self, url: str, within: timedelta = ASKED_AGAIN) -> dict[str, Any]:
        """What stands at an address, or stood there so long ago at most. Of many who ask at once one does, and the
        others wait for the answer.

        Raises:
            NotFetched: it cannot be had, or could not a moment ago.
        """
        one = self._of(url)
        async with one.asking:
            if not self._is_known(one, within):
                await self._ask(one, url)
            if not self._is_within(one.answered_at, within):
                raise NotFetched(one.reason)
            return one.answer

    def is_known(self, url: str, within: timedelta = ASKED_AGAIN) -> bool:
        """Whether nobody would be asked."""
        return url in self._known and self._is_known(self._known[url], within)

    def _is_known(self, one: _Address, within: timedelta) -> bool:
        return self._is_within(one.answered_at, within) or self._is_within(one.asked_at, self.failed)

    def _is_within(self, moment: datetime | None, within: timedelta) -> bool:
        return moment is not None and self.clock() - moment < within

    async def _ask(self, one: _Address, url: str) -> None:
        now = self.clock()
        try:
            one.answer, one.answered_at = await self.fetch(url), now
        except Busy:
            # Then it was not asked at all, and there is nothing to remember.
            raise
        except NotFetched as fault:
            one.reason = fault.reason
        one.asked_at = now

    def _of(self, url: str) -> _Address:
        one = self._known.setdefault(url, _Address())
        self._known.move_to_end(url)
        if len(self._known) > ADDRESSES_MAX:
            self._known.popitem(last=False)
        return one
