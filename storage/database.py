"""What a database of ours can do, whichever it is: `storage/sqlite/` keeps each in a file, `storage/postgres/` in a
schema of a server. Acts see neither; they are functions of a session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlmodel import Session

if TYPE_CHECKING:
    from storage.directory.anchors import Ends
    from storage.folder.places import Place

T = TypeVar("T")


class Mode(Enum):
    """Whether a transaction only reads, or may write: then it is alone in its database from its begin on."""

    READ = "read"
    WRITE = "write"


class Snapshot(Protocol):
    """One reading transaction, whose rows are awaited. One `read` at a time."""

    async def read(self, work: Callable[[Session], T]) -> T:
        """What `work` answers; it reads a page, and computes little. Where the caller is cancelled, the database stops.

        Raises:
            StorageFault: the database did not allow it.
        """
        ...

    async def read_whole(self, work: Callable[[Session], T]) -> T:
        """As `read`, for work of which nobody knows how much it computes: what it does between its statements keeps to
        the budget of the event loop.

        Raises:
            TooLong: it has computed too much to do another statement here; it has left nothing.
        """
        ...


class Database(Protocol):
    """One database in use: the directory, or one organization's books. Transactions run whole."""

    @property
    def has_fault(self) -> bool:
        """Whether something is known to be wrong with it; it is not looked at again."""
        ...

    @property
    def is_intact(self) -> bool:
        """Whether nothing is known to be wrong with it, as far as can be seen from outside."""
        ...

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction: in the event loop, or where that takes too long, anew in a thread."""
        ...

    async def run_in_thread(self, mode: Mode, work: Callable[[Session], T], *, stoppable: bool = False) -> T:
        """Run `work` as one transaction in a thread.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it. One that reads, or is
        `stoppable`, ends soon then, and nothing of it is kept.
        """
        ...

    async def run_at_once(self, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction in the event loop.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it.

        Raises:
            TooLong: it takes too long for the event loop; nothing of it is kept.
        """
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A reading transaction that takes long: its rows are awaited, a page at a time."""
        ...

    async def write_if_free(self, work: Callable[[Session], object]) -> bool:
        """Run `work` as `run_at_once` does where nobody is in the way and nothing is wrong; whether it was run.

        For what is good to have and never worth an error, such as when something was last used.
        """
        ...

    def rest(self) -> None:
        """Give back the memory of what is open for it alone, until it is needed anew. Nothing may be under way."""
        ...

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        ...


class Databases(Protocol):
    """The databases of one installation: its directory, and the books of each organization."""

    def directory(self) -> Database:
        """The directory; whoever asks closes it."""
        ...

    def books(self, organization_id: str) -> Database:
        """The books of an organization; whoever asks closes them."""
        ...

    def read_now(self, organization_id: str, work: Callable[[Session], T], *, is_open: bool) -> T:
        """Run `work` as one reading transaction in these books at once, for an act that is in a thread already.
        `is_open`: the books are in use in this process.

        Raises:
            StorageFault: the books cannot be read.
        """
        ...

    def where(self, organization_id: str) -> str:
        """Where these books are, for the log of whoever runs the installation."""
        ...

    async def looks(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """How these books look from outside: another text after whatever changes them, by whomever, at the latest when
        that is anchored. Empty for books that are not there.
        """
        ...

    def look_now(self, organization_id: str) -> str:
        """How a set of books looks on this machine, where closing it changes that; else empty."""
        ...

    def ensure_directory(self) -> None:
        """Make the empty directory unless there is one.

        Raises:
            StorageFault: it cannot be made, is not ours, or of another version.
        """
        ...

    def exists(self) -> bool:
        """Whether there is a directory.

        Raises:
            StorageFault: it cannot be found out.
        """
        ...

    def provision(
        self, organization_id: str, *, now: datetime, fill: Callable[[Session], object], bring: Mapping[str, bytes]
    ) -> Ends:
        """Make the books of a new organization from the template, filled by `fill`, and its folder with the files that
        it is to `bring`, by path; all of it, or nothing. Answers where the chains end, for their anchor.

        Raises:
            StorageFault: there is no room, or it is not allowed.
        """
        ...

    def discard(self, organization_id: str) -> None:
        """Remove books that the directory never came to know."""
        ...

    def check_may_discard(self) -> None:
        """Make sure that books can be removed here.

        Raises:
            StorageFault: they cannot.
        """
        ...

    @property
    def capacity(self) -> int:
        """How many sets of books may be open at a time."""
        ...

    @property
    def place(self) -> Place:
        """The same databases, for what works on them as a whole."""
        ...

    async def close(self) -> None:
        """Close what all databases have in common; each of them is closed already."""
        ...
