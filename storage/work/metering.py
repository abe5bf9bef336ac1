"""Counting what an act computes while it holds the event loop, and not what it waits for."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from typing import Any, TypeVar, cast

from storage.work.budget import Budget

T = TypeVar("T")


async def metered(act: Coroutine[Any, Any, T], budget: Budget) -> T:
    """Await `act`; what others compute while it waits does not count."""
    return await _Metered(act, budget)


class _Metered(Awaitable[T]):
    def __init__(self, act: Coroutine[Any, Any, T], budget: Budget) -> None:
        self._act = act
        self._budget = budget

    def __await__(self) -> Generator[Any, Any, T]:
        go_on = partial(self._act.send, None)
        self._budget.begin()
        self._budget.wait()
        while True:
            self._budget.go_on()
            try:
                waits_for = go_on()
            except StopIteration as end:
                return cast("T", end.value)
            finally:
                self._budget.wait()
            try:
                go_on = partial(self._act.send, (yield waits_for))
            except BaseException as error:
                go_on = partial(self._act.throw, error)
