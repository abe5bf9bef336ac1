"""Remembering what a function answered to the last few things that it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def latest(count: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A pure function that answers what it did before to the same arguments, of so many times.

    Unlike `lru_cache` it compares and needs no hash: long tuples of values that are the very ones of the last time are
    found equal at once. Arguments and answers are values that nobody changes.
    """

    def remembering(work: Callable[P, T]) -> Callable[P, T]:
        known: deque[tuple[object, T]] = deque(maxlen=count)

        @wraps(work)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            asked = (args, kwargs)
            for before, answered in tuple(known):
                if before == asked:
                    return answered
            made = work(*args, **kwargs)
            known.appendleft((asked, made))
            return made

        return answer

    return remembering
