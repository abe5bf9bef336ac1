"""The one door to an organization's books.

`BooksShelf` keeps the engines of the organizations in use, each leased only while a transaction runs, and closes
the least recently used beyond its capacity. `Books` is what an act is given: one organization's books, opened for
one principal, to read or also to change.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from storage.database import Database
from storage.engines import FileKind, Mode, read_once
from storage.files_limit import open_books_max
from storage.migrations import head_stamp

_log = logging.getLogger(__name__)

T = TypeVar("T")
Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""

CONNECTIONS = 2
BOOKS_FILE = "books.db"
ORGANIZATIONS_FOLDER = "organizations"


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """An organization as the directory knows it. `named_writes` is the policy of the practice it belongs to."""

    id: str
    handle: str
    name: str
    kind: str
    environment: str
    country: str
    currency: str
    partner_id: str
    named_writes: str
    archived: bool
    role: str


@dataclass(slots=True)
class _Entry:
    database: Database
    leases: int = 0


class BooksShelf:
    """The open sets of books of one data folder."""

    def __init__(self, root: Path, *, capacity: int = 0) -> None:
        """Hold at most `capacity` databases open; 0: as many as the process may open files for."""
        self._root = root
        self._capacity = capacity or open_books_max()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def folder(self, organization_id: str) -> Path:
        """The organization's folder; its name is the organization's UUID and never anybody's text."""
        return self._root / ORGANIZATIONS_FOLDER / str(UUID(organization_id))

    async def run(self, organization_id: str, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work`, which may take long, as one transaction in the organization's books.

        A cancelled caller waits until the transaction has ended, kept or not: never half of it.
        """
        async with self._leased(organization_id) as database:
            return await database.run(mode, work)

    async def run_briefly(self, organization_id: str, mode: Mode, work: Callable[[Session], T]) -> T:
        """Run `work`, which finds or changes a few rows by their keys, as one transaction; else as `run`."""
        async with self._leased(organization_id) as database:
            return await database.run_briefly(mode, work)

    def read_now(self, organization_id: str, work: Callable[[Session], T]) -> T:
        """Run `work` as one reading transaction at once, for an act that is in a thread already."""
        stamp = head_stamp(FileKind.BOOKS, organization_id)
        return read_once(self.folder(organization_id) / BOOKS_FILE, stamp, work)

    async def close(self) -> None:
        """Close every engine; nothing may be under way."""
        while self._entries:
            _, entry = self._entries.popitem()
            await entry.database.close()

    @asynccontextmanager
    async def _leased(self, organization_id: str) -> AsyncIterator[Database]:
        entry = self._entries.get(organization_id)
        if entry is None:
            stamp = head_stamp(FileKind.BOOKS, organization_id)
            path = self.folder(organization_id) / BOOKS_FILE
            entry = _Entry(Database(path, stamp, connections=CONNECTIONS))
            self._entries[organization_id] = entry
        self._entries.move_to_end(organization_id)
        entry.leases += 1
        try:
            yield entry.database
        finally:
            entry.leases -= 1
            await self._close_unused()

    async def _close_unused(self) -> None:
        while len(self._entries) > self._capacity:
            idle = next((key for key, entry in self._entries.items() if not entry.leases), None)
            if idle is None:
                return
            try:
                await self._entries.pop(idle).database.close()
            except Exception:
                # Whoever happened to be there when these were closed has nothing to do with it.
                _log.exception("books could not be closed")


@dataclass(frozen=True, slots=True)
class Books:
    """One organization's books, opened for `actor` after the directory allowed it.

    `actor` is the name that the audit trail shows. `may_change` is false where the call only reads.
    """

    organization: OrganizationRef
    actor: str
    clock: Clock
    shelf: BooksShelf
    may_change: bool

    @property
    def folder(self) -> Path:
        """Where this organization's files are."""
        return self.shelf.folder(self.organization.id)

    async def look_up(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which finds a few rows by their keys, as one transaction that cannot write."""
        return await self.shelf.run_briefly(self.organization.id, Mode.READ, work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which may scan, as one transaction that cannot write."""
        return await self.shelf.run(self.organization.id, Mode.READ, work)

    async def record(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which only records a file that was made from what is there: reading acts do that too."""
        return await self.shelf.run_briefly(self.organization.id, Mode.WRITE, work)

    async def write(self, work: Callable[[Session], T], *, long: bool = False) -> T:
        """Run `work` as one transaction: kept whole at its end, or not at all. `long` says that it takes long."""
        if not self.may_change:
            raise RuntimeError("these books were opened for reading")
        run = self.shelf.run if long else self.shelf.run_briefly
        return await run(self.organization.id, Mode.WRITE, work)
