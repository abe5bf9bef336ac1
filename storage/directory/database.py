"""The directory database: users, organizations, memberships, sessions, credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlmodel import Session

from storage.database import Database, Mode
from storage.faults.errors import StorageFault
from storage.work.budget import AT_ONCE_MAX

T = TypeVar("T")
DIRECTORY_FILE = "directory.db"


@contextmanager
def directory_named() -> Iterator[None]:
    """A fault of a file that is not named yet is told as one of the directory."""
    try:
        yield
    except StorageFault as fault:
        raise fault.said_of("The directory of this installation is") from fault.__cause__


class Directory:
    """The open directory of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction that cannot write."""
        with directory_named():
            return await self._database.run(Mode.READ, work)

    async def write(self, work: Callable[[Session], T], *, size: int = 1) -> T:
        """Run `work` as one transaction: kept whole at its end, or not at all, whatever becomes of the caller. `size`
        is how many rows it is known to look at.
        """
        with directory_named():
            if size > AT_ONCE_MAX:
                return await self._database.run_in_thread(Mode.WRITE, work)
            return await self._database.run(Mode.WRITE, work)

    async def note(self, work: Callable[[Session], object]) -> bool:
        """Run `work`, which notes that something was used, where nobody is in the way; whether it was run."""
        return await self._database.write_if_free(work)

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        await self._database.close()
