"""Acts that are not left half-way: whoever waits for one waits until it has ended, also when cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def to_its_end(act: Coroutine[Any, Any, T]) -> T:
    """Await `act` to its end and answer what it answers, or raise what it raises.

    A shielded scope holds off anyio's cancellation alone. asyncio's own (`Task.cancel`, a server's shutdown, a
    timeout) would leave a thread behind that still writes, and take a commit that happened for one that did not.
    A cancellation that came meanwhile is due at the caller's next wait.
    """
    task = asyncio.ensure_future(act)
    caller = asyncio.current_task()
    cancelled = False
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                cancelled = True
    if cancelled and caller is not None:
        asyncio.get_running_loop().call_soon(_cancel_again, caller, caller.cancelling())
    return task.result()


async def to_its_end_or_stopped(act: Coroutine[Any, Any, T], stop: Callable[[], None]) -> T:
    """Await `act`, which ends soon after `stop`: whole, where it was all but done, and else with nothing left behind. A
    cancelled caller calls that, and waits for the end.
    """
    task = asyncio.ensure_future(act)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        stop()
        with suppress(Exception):
            await to_its_end(_ended(task))
        raise
    return task.result()


async def _ended(task: asyncio.Task[T]) -> T:
    return await task


def _cancel_again(task: asyncio.Task[Any], requests: int) -> None:
    """Deliver a cancellation that was held back, unless whoever requested it (a timeout) has taken it back."""
    if not task.done() and task.cancelling() >= requests:
        task.uncancel()
        task.cancel()
