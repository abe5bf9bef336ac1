"""Work that computes elsewhere and asks for what it reads, a page at a time: whoever reads for it waits for the rows.

So what is read of one moment, however much, is computed with in another process, which has no way to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlmodel import Session

T = TypeVar("T")
K = TypeVar("K")

Question = Callable[[Session], Any]
"""Reads a page. It can be sent: a function of a module, perhaps with arguments (`functools.partial`), as its answer."""


class Ask(Protocol):
    """Answers what a question reads. All answers are of one moment."""

    def __call__(self, question: Callable[[Session], T], /) -> T: ...


def each(ask: Ask, page: Callable[[K, Session], tuple[K, list[T]] | None], start: K) -> Iterator[T]:
    """What the pages hold, one page after the other. A page begins after a key, and says the key that it ends with;
    after the last one there is none.
    """
    after = start
    while (found := ask(partial(page, after))) is not None:
        after, rows = found
        yield from rows
