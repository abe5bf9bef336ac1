"""The one door to an organization's books.

`BooksPool` keeps the engines of the organizations in use, each leased only while a transaction runs, and closes
the least recently used beyond its capacity. `Books` is what an act is given: one organization's books, opened for
one principal, to read or also to change.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from invoicing.approval.people import Actor
from invoicing.organizations import Clock, OrganizationRef
from invoicing.refusals import Unavailable
from storage.books.closing import check_open, where_open
from storage.books.open_books import OpenBooks, PoolFigures
from storage.database import Databases, Mode
from storage.directory.anchoring import Anchoring
from storage.directory.anchors import End, Ends, NoAnchor, Number, ends_of_books, highest
from storage.directory.database import Directory
from storage.directory.summaries import change_looks
from storage.faults.errors import StorageFault, told
from storage.faults.kinds import Fault
from storage.files.in_folder import FilesInFolders, folder_among
from storage.files.kept import AllFiles, Files
from storage.work.budget import AT_ONCE_MAX, TooLong
from storage.work.completion import to_its_end
from storage.work.limits import Limits
from storage.work.memory import give_back
from storage.work.workers import Workers

if TYPE_CHECKING:
    from storage.database import Snapshot
    from storage.work.asking import Ask

_log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")
_RunWithEnds = Callable[[Mode, Callable[[Session], tuple[T, Ends]]], Coroutine[Any, Any, tuple[T, Ends]]]

_RESTED_MANY = 64
"""After so many sets of books have been put to rest, the system gets back what they had."""

BOOKS_FILE = "books.db"
ORGANIZATIONS_FOLDER = "organizations"


class BooksPool:
    """The open sets of books of one installation."""

    def __init__(
        self,
        root: Path,
        databases: Databases,
        directory: Directory,
        *,
        files: AllFiles | None = None,
        capacity: int = 0,
        limits: Limits | None = None,
    ) -> None:
        """Hold at most `capacity` of the `databases` open; 0: as many as they allow. The books' anchors are in
        `directory`. Files of the organizations are in the data folder `root`, unless `files` has them elsewhere.
        """
        self.limits = limits or Limits()
        self.workers = Workers(self.limits)
        self._root = root
        self._databases = databases
        self._files = files or FilesInFolders(root / ORGANIZATIONS_FOLDER)
        self._directory = directory
        self._anchoring = Anchoring(directory, self._ends)
        self._capacity = capacity or databases.capacity
        self._entries: OrderedDict[str, OpenBooks] = OrderedDict()
        self._awake: OrderedDict[str, OpenBooks] = OrderedDict()
        """Those of them whose connections are open."""
        self._rested = 0

    def figures(self) -> PoolFigures:
        """What is open at this moment."""
        in_use = sum(1 for entry in self._entries.values() if entry.leases)
        return PoolFigures(len(self._entries), in_use, self._capacity)

    def folder(self, organization_id: str) -> Path:
        """The organization's folder."""
        return folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id)

    def files(self, organization_id: str) -> Files:
        """The files of the organization."""
        return self._files.of(organization_id)

    async def read(self, organization_id: str, work: Callable[[Session], T], *, size: int = 1) -> T:
        """Run `work` as one transaction in the organization's books that cannot write. `size` is how many rows or
        lines it is known to look at. A cancelled caller of what takes long waits until it has been stopped.

        Raises:
            Unavailable: too much of this organization's work waits.
        """
        async with self._leased(organization_id) as entry:
            computes = size > AT_ONCE_MAX
            if not computes:
                try:
                    return await entry.database.run_at_once(Mode.READ, work)
                except TooLong as too_long:
                    computes = too_long.computes
            async with self.workers.reads.turn(organization_id):
                if not computes:
                    with suppress(TooLong):
                        async with entry.database.snapshot() as snapshot:
                            return await snapshot.read_whole(work)
                return await entry.database.run_in_thread(Mode.READ, work)

    @asynccontextmanager
    async def snapshot(self, organization_id: str) -> AsyncIterator[Snapshot]:
        """The organization's books as they are now, to be read a page at a time, however long that takes.

        Raises:
            Unavailable: too much of this organization's work waits.
        """
        async with (
            self.workers.reads.turn(organization_id),
            self._leased(organization_id) as entry,
            entry.database.snapshot() as snapshot,
        ):
            yield snapshot

    async def write(
        self, organization_id: str, work: Callable[[Session], T], *, size: int = 1, even_closed: bool = False
    ) -> T:
        """Run `work` as one transaction that may write, as `read` does: kept whole at its end, or not at all. It holds
        the organization's write lock from its begin on, in this process and among others: what it reads, nobody else
        changes before it has ended.

        Raises:
            ClosedBooks: the books were handed over, or are about to be removed; `even_closed` is for what opens them.
        """
        checked = work if even_closed else partial(where_open, work)
        async with self._leased(organization_id) as entry:
            if size <= AT_ONCE_MAX:
                with suppress(TooLong):
                    return await self._anchored(organization_id, entry, checked, entry.database.run_at_once)
            async with self.workers.reads.turn(organization_id):
                in_thread = partial(entry.database.run_in_thread, stoppable=True)
                return await self._anchored(organization_id, entry, checked, in_thread)

    def read_now(self, organization_id: str, work: Callable[[Session], T]) -> T:
        """Run `work` as one reading transaction at once, for an act that is in a thread already."""
        try:
            return self._databases.read_now(organization_id, work, is_open=organization_id in self._entries)
        except StorageFault as fault:
            # It may be in the middle of a transaction of the directory.
            raise fault.said_of("The books of this organization are") from fault

    async def looks(self, organization_ids: Iterable[str]) -> dict[str, str]:
        """How each of these books looks from outside: another text after whatever changes it, by whomever. Empty for
        books that are not there, or that are open and out of service.
        """
        found = dict(await self._databases.looks(organization_ids))
        for one, entry in self._entries.items():
            # Those that rest are looked at when they are woken; to look at a thousand takes as long as a page may.
            if one in found and (entry.database.has_fault or (one in self._awake and not entry.database.is_intact)):
                found[one] = ""
        return found

    def entries_noted(self) -> Mapping[str, int]:
        """Up to which entry of their audit trail books are about to be anchored, by id of those where one is noted."""
        return self._anchoring.entries_noted()

    async def anchor(self, organization_id: str) -> Ends | NoAnchor:
        """How far the directory knows the organization's chains to go."""
        return await self._anchoring.known(organization_id)

    async def bring_back(
        self, organization_id: str, work: Callable[[Session, Ends, Ends | NoAnchor], T], *, given: Iterable[Number] = ()
    ) -> T:
        """Run `work` as one transaction in books that are not, or may not be, what their anchor knows; it is given
        the anchor with what else is known of numbers that were `given` out, and the anchor as it was kept. When it
        does not raise, the anchor follows the books from there on.

        Raises:
            Conflict: somebody has moved the anchor meanwhile.
        """
        known = await self.anchor(organization_id)
        anchor = known if isinstance(known, Ends) else Ends(End(0, ""), End(0, ""))
        numbers = highest((*await self._anchoring.numbers(organization_id), *given))
        anchor = replace(anchor, numbers=numbers)
        async with self._leased(organization_id, compare=False) as entry, entry.comparing:

            def with_ends(db: Session) -> tuple[T, Ends]:
                check_open(db)
                return work(db, anchor, known), ends_of_books(db)

            result, ends = await entry.database.run_in_thread(Mode.WRITE, with_ends)
            ends = replace(ends, numbers=highest((*ends.numbers, *numbers)))
            await to_its_end(self._anchoring.accept(organization_id, ends, known=known))
            entry.documents, entry.entries = ends.documents.position, ends.entries.position
            entry.compared = True
        return result

    async def let_go(self, organization_id: str) -> None:
        """Close the engine of books that are about to be removed; nothing may be under way in them."""
        self._anchoring.forget(organization_id)
        self._awake.pop(organization_id, None)
        if (entry := self._entries.pop(organization_id, None)) is not None:
            await entry.database.close()

    async def close(self) -> None:
        """Close every engine; nothing may be under way."""
        await self.workers.close()
        await self._anchoring.close()
        looks: dict[str, tuple[str, str]] = {}
        self._awake.clear()
        while self._entries:
            organization_id, entry = self._entries.popitem()
            before = self._databases.look_now(organization_id)
            await entry.database.close()
            # Closed, a log is written into its file: that changes how it looks, and nothing of what is in it.
            looks[organization_id] = (before, self._databases.look_now(organization_id))
        await self._keep_looks(looks)

    async def _keep_looks(self, looks: Mapping[str, tuple[str, str]]) -> None:
        changed = {one: look for one, look in looks.items() if all(look) and look[0] != look[1]}
        if not changed:
            return
        try:
            await self._directory.write(lambda db: change_looks(db, changed), size=len(changed))
        except Unavailable as error:
            # They are read anew.
            _log.warning("how books look now could not be kept: %s", error)

    async def _anchored(
        self, organization_id: str, entry: OpenBooks, work: Callable[[Session], T], run: _RunWithEnds[T]
    ) -> T:
        """Run `work`, which changes something, and anchor what it has added to the chains."""

        def with_ends(db: Session) -> tuple[T, Ends]:
            result = work(db)
            db.flush()
            return result, ends_of_books(db, after=entry.documents)

        try:
            result, ends = await run(Mode.WRITE, with_ends)
        except BaseException as error:
            is_unanswered = isinstance(error, StorageFault) and error.fault is Fault.UNREACHABLE
            if is_unanswered or not isinstance(error, Exception):
                # Who was cancelled, or lost the answer to a commit, does not know whether it was kept.
                self._anchoring.note_unsure(organization_id)
            raise
        if ends.entries.position > entry.entries or ends.numbers:
            self._anchoring.note(organization_id, ends)
            entry.anchored(ends)
        return result

    def where(self, organization_id: str) -> str:
        """Where the organization's books are, for the log."""
        return self._databases.where(organization_id)

    async def _ends(self, organization_id: str) -> Ends:
        async with self._leased(organization_id) as entry:
            return await entry.database.run(Mode.READ, ends_of_books)

    async def _compare(self, organization_id: str, entry: OpenBooks) -> None:
        async with entry.comparing:
            if not entry.compared:
                entry.anchored(await self._anchoring.compare(organization_id, entry.database))

    @asynccontextmanager
    async def _leased(self, organization_id: str, *, compare: bool = True) -> AsyncIterator[OpenBooks]:
        entry = self._entries.get(organization_id)
        if entry is None:
            entry = OpenBooks(self._databases.books(organization_id))
            self._entries[organization_id] = entry
        self._entries.move_to_end(organization_id)
        self._awake[organization_id] = entry
        self._awake.move_to_end(organization_id)
        entry.leases += 1
        try:
            if compare and not entry.compared:
                await self._compare(organization_id, entry)
            yield entry
        finally:
            entry.leases -= 1
            self._rest_unused()
            await self._close_unused()

    def _rest_unused(self) -> None:
        while len(self._awake) > self.limits.books_awake:
            idle = next((key for key, entry in self._awake.items() if not entry.leases), None)
            if idle is None:
                return
            self._awake.pop(idle).database.rest()
            self._rested += 1
            if self._rested % _RESTED_MANY == 0:
                give_back()

    async def _close_unused(self) -> None:
        while len(self._entries) > self._capacity:
            idle = next((key for key, entry in self._entries.items() if not entry.leases), None)
            if idle is None:
                return
            self._awake.pop(idle, None)
            try:
                await self._entries.pop(idle).database.close()
            except Exception:
                # Whoever happened to be there when these were closed has nothing to do with it.
                _log.exception("books could not be closed")


@dataclass(frozen=True, slots=True)
class Books:
    """One organization's books, opened for `actor` after the directory allowed it.

    `actor` is the name that the audit trail shows, of whoever is `acting`. `may_change` is false where the call only
    reads.
    """

    organization: OrganizationRef
    actor: str
    acting: Actor
    clock: Clock
    pool: BooksPool
    may_change: bool

    @property
    def files(self) -> Files:
        """This organization's files."""
        return self.pool.files(self.organization.id)

    async def render(self, work: Callable[..., T], *given: object) -> T:
        """Compute `work(*given)` in this organization's turn (`storage.work.workers`)."""
        return await self.pool.workers.render(self.organization.id, work, *given)

    async def look_through(self, work: Callable[..., T], *given: object) -> T:
        """Compute `work(*given)`, which looks through a picture, in this organization's turn."""
        return await self.pool.workers.look_through(self.organization.id, work, *given)

    async def use_files(self, work: Callable[..., T], *given: object) -> T:
        """Run `work(*given)`, which reads, hashes or writes files, in this organization's turn."""
        return await self.pool.workers.use_files(self.organization.id, work, *given)

    async def read(self, work: Callable[[Session], T], *, size: int = 1) -> T:
        """Run `work` as one transaction that cannot write. `size` is how many rows or lines it is known to look at;
        whether it holds up the event loop or a thread is decided here. It may be run twice, and leaves nothing behind.
        """
        with self._named():
            return await self.pool.read(self.organization.id, work, size=size)

    def out_of_service(self, fault: Fault) -> StorageFault:
        """The refusal that says so of these books."""
        return told(self.pool.where(self.organization.id), fault).said_of(
            f"The books of {self.organization.handle} are"
        )

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """The books as they are now, to be read a page at a time (`storage.database`)."""
        with self._named():
            async with self.pool.snapshot(self.organization.id) as snapshot:
                yield snapshot

    async def go_through(self, work: Callable[Concatenate[Ask, P], T], *given: P.args, **named: P.kwargs) -> T:
        """Compute `work(ask, *given)` where it holds up nobody: it asks for the pages of one snapshot. Its turn is
        that of an export.
        """
        workers = self.pool.workers
        async with workers.exports.turn(self.organization.id), self.snapshot() as snapshot:
            return await workers.talk(work, snapshot.read, *given, **named)

    async def write(self, work: Callable[[Session], T], *, size: int = 1) -> T:
        """Run `work` as one transaction, alone in these books from its begin on: kept whole at its end, or not at all.
        `size` as in `read`.
        """
        if not self.may_change:
            raise RuntimeError("these books were opened for reading")
        with self._named():
            return await self.pool.write(self.organization.id, work, size=size)

    async def record(self, work: Callable[[Session], T], *, size: int = 1) -> T:
        """As `write`, for what only records a file that was made from what is there: reading acts do that too."""
        with self._named():
            return await self.pool.write(self.organization.id, work, size=size)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """An act may look into several books: what is out of service is named."""
        try:
            yield
        except StorageFault as fault:
            raise fault.said_of(f"The books of {self.organization.handle} are") from fault.__cause__
