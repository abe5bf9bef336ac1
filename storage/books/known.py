"""What was worked out from all of a set of books, until something changes them.

Whatever changes the books is put on record, so the end of the record's chain tells whether what was worked out before
still holds. It is read in the same transaction, and so it does not matter which process has written. The chain of each
set of books begins with its organization: what is known of one is never found for another.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from sqlmodel import Session

from storage.books.audit import entries_end

T = TypeVar("T")

ROWS_MAX = 30_000
"""So many rows of figures are kept, in all: about a kilobyte each."""


def worked_out(session: Session, what: tuple[object, ...], work: Callable[[], T], *, rows: Callable[[T], int]) -> T:
    """What `work` answers, a value that nobody changes; it is known by `what` until something changes the books. `rows`
    says how many rows of figures it is, at least one. For transactions that only read: one that writes is not on record
    before its end.
    """
    of = (entries_end(session), what)
    found: T | None = known.get(of)
    if found is None:
        found = work()
        known.keep(of, found, max(rows(found), 1))
    return found


class Known:
    """What was worked out last, of whatever books; what nobody has asked for the longest goes first."""

    def __init__(self, rows_max: int = ROWS_MAX) -> None:
        self._rows_max = rows_max
        self._kept: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self._rows = 0
        self._lock = Lock()

    @property
    def rows(self) -> int:
        """How many rows are kept."""
        return self._rows

    def get(self, of: object) -> Any:
        """What is known by this; None where nothing is."""
        with self._lock:
            if of not in self._kept:
                return None
            self._kept.move_to_end(of)
            return self._kept[of][0]

    def keep(self, of: object, value: object, rows: int) -> None:
        """Know this, of so many rows, from now on; more than are kept in all are not."""
        if rows > self._rows_max:
            return
        with self._lock:
            if of in self._kept:
                self._rows -= self._kept.pop(of)[1]
            self._kept[of] = value, rows
            self._rows += rows
            while self._rows > self._rows_max:
                self._rows -= self._kept.popitem(last=False)[1][1]

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._kept.clear()
            self._rows = 0


known = Known()
