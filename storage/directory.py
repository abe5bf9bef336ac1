"""The directory database: users, organizations, memberships, sessions, credentials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from storage.database import Database
from storage.engines import FileKind, Mode, guarded_engine, run_transaction
from storage.migrations import head_stamp

T = TypeVar("T")
DIRECTORY_FILE = "directory.db"
CONNECTIONS = 4


class Directory:
    """The open directory of one data folder."""

    def __init__(self, root: Path) -> None:
        engine = guarded_engine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), connections=CONNECTIONS)
        self._database = Database(engine, connections=CONNECTIONS)
        # A connection of its own, which only the event loop uses: it never waits for one.
        self._look_ups = guarded_engine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), connections=1)

    def look_up(self, work: Callable[[Session], T]) -> T:
        """Run `work` at once, in the event loop, as one transaction that cannot write.

        For a few rows found by their keys, on the way of every call: a hop to a thread costs several times as much.
        Readers of a write-ahead log wait for no writer. Whatever scans or sorts goes to `read`.
        """
        return run_transaction(self._look_ups, Mode.READ, work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction that cannot write."""
        return await self._database.run(Mode.READ, work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction: kept whole at its end, or not at all, whatever becomes of the caller."""
        return await self._database.run(Mode.WRITE, work)

    async def close(self) -> None:
        """Close the connections; nothing may be under way."""
        self._look_ups.dispose()
        await self._database.close()
