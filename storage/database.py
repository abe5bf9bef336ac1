"""One database file in use: transactions run whole, each in one hop to a thread, as many at once as there are
connections, and one writer at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import Engine
from sqlmodel import Session

from storage.completion import to_its_end
from storage.engines import Mode, run_transaction

T = TypeVar("T")


class Database:
    """An engine, and the turns that its callers take. A waiting caller costs no thread."""

    def __init__(self, engine: Engine, *, connections: int) -> None:
        self._engine = engine
        self._turns = anyio.CapacityLimiter(connections)
        self._writer = anyio.Lock()
        # The turns limit the threads; databases do not wait for each other.
        self._threads = anyio.CapacityLimiter(math.inf)

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it.
        """
        if mode is Mode.READ:
            return await self._in_thread(mode, work)
        async with self._writer:
            return await self._in_thread(mode, work)

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        await to_its_end(anyio.to_thread.run_sync(self._engine.dispose))

    async def _in_thread(self, mode: Mode, work: Callable[[Session], T]) -> T:
        # Waiting for one's turn can be cancelled; what has begun cannot.
        async with self._turns:
            return await to_its_end(
                anyio.to_thread.run_sync(run_transaction, self._engine, mode, work, limiter=self._threads)
            )
