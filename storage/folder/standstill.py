"""A standstill: while its databases are moved, an installation reads and changes nothing.

A file in the data folder says so. Whoever writes looks for it once the transaction has begun: whoever moves sets it and
then begins a transaction in each database, after which nobody can be writing who has not seen it. To look for a file
costs each write a few microseconds, and nobody polls.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.database import Database, Mode, Snapshot
from storage.plain_files import sync_folder
from storage.sqlite.faults import faults_told

T = TypeVar("T")

MARK_FILE = "moving"


class StandsStill(Unavailable):
    """Something was to be written while the databases are moved."""

    def __init__(self) -> None:
        super().__init__(
            "The books of this installation are being moved to another database: until that is done they can be read,"
            " and nothing can be changed. Nothing was changed: try again later."
        )


@dataclass(frozen=True, slots=True)
class Move:
    """A move that has begun: from where to where, an empty text for files in the folder; the organizations that have
    arrived; and whether it is sealed: then the books are at the target, and it can only go on. `backup` is the sum of
    the manifest of a backup that was laid down to be moved.
    """

    source: str
    target: str
    begun: str
    arrived: tuple[str, ...] = field(default=())
    sealed: bool = False
    backup: str = ""


def move_of(root: Path) -> Move | None:
    """The move that has begun in this folder; None where there is none."""
    with faults_told(root):
        try:
            said = json.loads((root / MARK_FILE).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
    return Move(**{**said, "arrived": tuple(said["arrived"])})


def set_mark(root: Path, move: Move) -> None:
    """Let the folder say so from now on, in one step."""
    with faults_told(root):
        unfinished = root / f".{MARK_FILE}.new"
        with unfinished.open("w", encoding="utf-8") as stream:
            json.dump(asdict(move), stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, root / MARK_FILE)
        sync_folder(root)


def remove_mark(root: Path) -> None:
    """Let the folder be in use again."""
    with faults_told(root):
        (root / MARK_FILE).unlink(missing_ok=True)
        sync_folder(root)


def check_in_use(root: Path) -> None:
    """Refuse to write where the databases of the folder are being moved.

    Raises:
        StandsStill
    """
    if _is_there(str(root / MARK_FILE)):
        raise StandsStill


def _is_there(mark: str) -> bool:
    """Whether the file is there; to be told by an exception that it is not costs twice as much."""
    return os.access(mark, os.F_OK)


class StandingDatabase:
    """A database of the folder, which is not written to while the folder is at a standstill."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self._mark = str(root / MARK_FILE)

    @property
    def has_fault(self) -> bool:
        return self._database.has_fault

    @property
    def is_intact(self) -> bool:
        return self._database.is_intact

    async def run(self, mode: Mode, work: Callable[[Session], T]) -> T:
        return await self._database.run(mode, self._checked(mode, work))

    async def run_in_thread(self, mode: Mode, work: Callable[[Session], T], *, stoppable: bool = False) -> T:
        return await self._database.run_in_thread(mode, self._checked(mode, work), stoppable=stoppable)

    async def run_at_once(self, mode: Mode, work: Callable[[Session], T]) -> T:
        return await self._database.run_at_once(mode, self._checked(mode, work))

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        return self._database.snapshot()

    async def write_if_free(self, work: Callable[[Session], object]) -> bool:
        return await self._database.write_if_free(self._checked(Mode.WRITE, work))

    def rest(self) -> None:
        self._database.rest()

    async def close(self) -> None:
        await self._database.close()

    def _checked(self, mode: Mode, work: Callable[[Session], T]) -> Callable[[Session], T]:
        if mode is Mode.READ:
            return work

        def checked(session: Session) -> T:
            # In the transaction: whoever has set the mark before it began has then seen the last of the others end.
            if _is_there(self._mark):
                raise StandsStill
            return work(session)

        return checked
