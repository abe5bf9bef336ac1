"""Requests a second are counted by each process, and those of who makes many are told to the others by the directory.

So one principal, or one address, has its allowance once on the average, whichever processes its connections fall to.
No request waits for that: what was made elsewhere is charged within about a second, and until then each process lets in
what may come at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import anyio

from invoicing.organizations import Clock
from invoicing.refusals import Unavailable
from server.http.limits import Allowance, Limiter
from storage.directory.database import Directory
from storage.directory.spending import KeptSpending, tell_spending
from storage.ids import new_id

PURPOSE = "limits"
"""Of the key by which accounts are named."""
TOLD_AT_ONCE = 100
_PAUSE_SECONDS = 1
_HEARD_MAX = 10_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SharedLimits:
    """The limiters of this process by what they count, and what was last heard of other processes.

    `key` names accounts: nobody who reads the directory learns which addresses have asked.
    """

    directory: Directory
    clock: Clock
    key: bytes
    _process: str = field(default_factory=lambda: new_id("prc"))
    _limiters: dict[str, Limiter] = field(default_factory=dict)
    _heard: dict[str, dict[str, int]] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def limiter(self, counts: str, allowance: Allowance) -> Limiter:
        """A limiter of what is named `counts`, which other processes count by that name too."""
        made = Limiter(allowance, wake=self._woken.set)
        self._limiters[counts] = made
        return made

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Tell other processes whenever there is something to tell, at most once a second."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._run)
            yield
            group.cancel_scope.cancel()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.exchange()
            except Unavailable as error:
                _log.warning("requests could not be told to other processes: %s", error)
            await anyio.sleep(_PAUSE_SECONDS)

    async def exchange(self) -> None:
        """Tell what was spent here, and charge what was spent elsewhere, of those of whom there is something to tell.

        Raises:
            Unavailable: the directory is; what was to be told is forgotten, and the next time tells more.
        """
        now = self.clock()
        told: list[KeptSpending] = []
        whose: dict[str, tuple[Limiter, str]] = {}
        for counts, limiter in self._limiters.items():
            for one in limiter.untold(TOLD_AT_ONCE):
                account = self._account(counts, one.principal)
                whose[account] = limiter, one.principal
                told.append(KeptSpending(self._process, account, one.total, one.before, now))
            if limiter.has_untold:
                self._woken.set()
        if not told:
            return
        others = await self.directory.write(partial(tell_spending, told=told, process=self._process, now=now))
        for kept in others:
            limiter, principal = whose[kept.account]
            limiter.charge(principal, self._more(kept))
        for account in whose:
            self._heard.pop(account, None)
        for kept in others:
            self._heard.setdefault(kept.account, {})[kept.process] = kept.spent
        while len(self._heard) > _HEARD_MAX:
            del self._heard[next(iter(self._heard))]

    def _more(self, kept: KeptSpending) -> int:
        """How many requests there are of which this process has not heard: those of one that it hears of for the first
        time are the latest.
        """
        heard = self._heard.get(kept.account, {}).get(kept.process, kept.before)
        return kept.spent - (heard if heard <= kept.spent else kept.before)

    def _account(self, counts: str, principal: str) -> str:
        return hashlib.blake2b(f"{counts} {principal}".encode(), key=self.key, digest_size=16).hexdigest()
