"""Waiting in tests for what the event loop has still to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def let_others_run() -> None:
    """Give the loop enough turns for whatever is due."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(holds: Callable[[], bool], *, seconds: int = 30) -> None:
    """Wait for what other processes do, asking fifty times a second; fails where it takes too long."""
    never = asyncio.get_running_loop().create_future()
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.wait([never], timeout=0.02)
