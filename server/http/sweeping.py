"""What is removed or forgotten meanwhile, now and then, since its time is over."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio

from invoicing.refusals import Refusal

SWEEP_SECONDS = 600
_log = logging.getLogger(__name__)


@asynccontextmanager
async def now_and_then(sweep: Callable[[], Awaitable[object]], what: str) -> AsyncIterator[None]:
    """Sweep at once and then now and then, for as long as this is entered; `what` is named where it cannot be done."""
    async with anyio.create_task_group() as group:
        group.start_soon(_sweep, sweep, what)
        yield
        group.cancel_scope.cancel()


async def _sweep(sweep: Callable[[], Awaitable[object]], what: str) -> None:
    while True:
        try:
            await sweep()
        except (Refusal, OSError):
            _log.warning("%s could not be swept away", what, exc_info=True)
        await anyio.sleep(SWEEP_SECONDS)
