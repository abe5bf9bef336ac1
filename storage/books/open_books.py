"""What a pool knows of the sets of books that it holds open."""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

from storage.database import Database
from storage.directory.anchors import Ends


@dataclass(slots=True)
class OpenBooks:
    """A set of books in use. Its first user compares it with its anchor, which the others wait for; `documents` and
    `entries` are the positions up to which the chains are anchored, or will be.
    """

    database: Database
    compared: bool = False
    comparing: anyio.Lock = field(default_factory=anyio.Lock)
    documents: int = 0
    entries: int = 0
    leases: int = 0

    def anchored(self, ends: Ends) -> None:
        self.compared = True
        self.documents = max(self.documents, ends.documents.position)
        self.entries = max(self.entries, ends.entries.position)


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """How many sets of books are open, in how many of them something is under way, and how many are kept open."""

    open: int
    in_use: int
    capacity: int
