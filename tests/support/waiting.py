"""Waiting in tests for what the event loop has still to do."""

from __future__ import annotations

import asyncio


async def let_others_run() -> None:
    """Give the loop enough turns for whatever is due."""
    for _ in range(20):
        await asyncio.sleep(0)
