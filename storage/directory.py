"""The directory database: users, organizations, memberships, sessions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from storage.completion import to_its_end
from storage.engines import FileKind, Mode, directory_engine, run_directory_transaction
from storage.migrations import head_stamp

T = TypeVar("T")
DIRECTORY_FILE = "directory.db"


class Directory:
    """The open directory of one data folder."""

    def __init__(self, root: Path) -> None:
        self._engine = directory_engine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction that cannot write.

        Cut short, the driver would leave a task behind that never ends: reads, too, are awaited to their end.
        """
        return await to_its_end(run_directory_transaction(self._engine, Mode.READ, work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction: kept whole at its end, or not at all, whatever becomes of the caller."""
        return await to_its_end(run_directory_transaction(self._engine, Mode.WRITE, work))

    async def close(self) -> None:
        """Close the connections and end their threads."""
        await self._engine.dispose()
