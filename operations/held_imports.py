"""Files that somebody has sent to be imported, while their columns are looked at and corrected on a page.

They lie where uploads lie, under a name that only unfinished things have, and are of the process that serves: what is
imported or an hour old is removed, and so is everything when the process ends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from invoicing.importing.columns import Columns
from invoicing.importing.kinds import BEGINNING_BYTES, ImportKind, check_beginning, check_size, file_name_of
from invoicing.importing.reading import Reading
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import LimitExceeded, NotFound
from invoicing.remedies import Remark
from operations.import_files import FileToImport, GlancedColumn, glance_at_file, read_file_to_import
from operations.imported import Imported
from operations.importing import import_table
from storage.books.pool import Books
from storage.files.kept import Room
from storage.ids import new_id

LIFETIME = timedelta(hours=1)
HELD_MAX = 8
"""Files of one organization that wait to be imported."""
_REMEMBERED_ROWS_MAX = 5_000
_WRITTEN_AT_ONCE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of the rows of a file, or has: `columns` are what its columns were read as."""

    imported: Imported
    form: str
    columns: Columns
    notes: tuple[Remark, ...]


_LEFT_OUT = Reading(ignore_unknown=True)
"""What no field is known for is left out: whoever looks at the columns sees that."""


@dataclass(slots=True)
class HeldImport:
    """A file that waits to be imported: `reading` is how it is read, and `update` whether what is there is changed
    too. `checked` is what was found last, as long as nothing else was said.
    """

    id: str
    kind: Kind
    by: str
    file_name: str
    path: Path
    expires_at: datetime
    reading: Reading = _LEFT_OUT
    update: bool = False
    columns: tuple[GlancedColumn, ...] | None = None
    checked: Checked | None = None
    closing: ExitStack = field(default_factory=ExitStack)

    def read_as(self, reading: Reading, *, update: bool) -> None:
        """Read it so from now on."""
        self.reading, self.update, self.checked, self.columns = reading, update, None, None

    @property
    def file(self) -> FileToImport:
        return FileToImport(self.kind, self.path.read_bytes, self.file_name, self.reading)


@dataclass(slots=True)
class Incoming:
    """A file that is coming in."""

    kind: Kind
    path: Path
    _books: Books
    _size_bytes: int = 0
    _beginning: bytes = b""
    _held: bytearray = field(default_factory=bytearray)

    async def write(self, piece: bytes) -> None:
        """The next bytes of the file.

        Raises:
            LimitExceeded: it is larger than a file may be.
        """
        self._size_bytes += len(piece)
        check_size(ImportKind(self.kind.value), self._size_bytes)
        self._beginning += piece[: BEGINNING_BYTES - len(self._beginning)]
        self._held += piece
        if len(self._held) >= _WRITTEN_AT_ONCE_BYTES:
            await self._write_held()

    async def end(self) -> None:
        """It has come whole.

        Raises:
            InvalidInput: it is empty, or no table.
        """
        check_beginning(ImportKind(self.kind.value), self._beginning)
        await self._write_held()

    async def _write_held(self) -> None:
        content, self._held = bytes(self._held), bytearray()
        await self._books.use_files(_append, self.path, content)


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(content)


@dataclass(slots=True)
class HeldImports:
    """The files of a process that wait to be imported, by organization."""

    _held: dict[str, dict[str, HeldImport]] = field(default_factory=dict)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """What is left at the end is removed."""
        try:
            yield
        finally:
            for organization_id in list(self._held):
                for one in list(self._held[organization_id].values()):
                    self._remove(organization_id, one)

    @asynccontextmanager
    async def receiving(self, books: Books, kind: Kind) -> AsyncIterator[tuple[Incoming, ExitStack]]:
        """A file as it comes in, and what removes it: whoever keeps it takes that over."""
        with ExitStack() as stack:
            path = stack.enter_context(books.files.being_written(Room.UPLOADS, ""))
            yield Incoming(kind, path, books), stack

    def keep(self, books: Books, incoming: Incoming, stack: ExitStack, file_name: str) -> HeldImport:
        """Hold a file that has come, for an hour.

        Raises:
            LimitExceeded: as many as may wait here do.
        """
        now = books.clock()
        self.sweep(now)
        held = self._held.setdefault(books.organization.id, {})
        if len(held) >= HELD_MAX:
            mine = min((one for one in held.values() if one.by == books.actor), key=_expiry, default=None)
            if mine is None:
                raise LimitExceeded(f"{HELD_MAX} files wait here to be imported: import them first.", field="file")
            self._remove(books.organization.id, mine)
        one = HeldImport(
            new_id("imp"), incoming.kind, books.actor, file_name_of(file_name), incoming.path, now + LIFETIME
        )
        one.closing = stack.pop_all()
        held[one.id] = one
        return one

    def find(self, books: Books, held_id: str) -> HeldImport:
        """The file of this id, of these books and of whoever has sent it.

        Raises:
            NotFound: there is none, or not any more.
        """
        self.sweep(books.clock())
        one = self._held.get(books.organization.id, {}).get(held_id)
        if one is None or one.by != books.actor:
            raise NotFound("No such file here, or not any more: it is kept for an hour.", field="file")
        return one

    def of(self, books: Books) -> list[HeldImport]:
        """The files of these books that whoever opened them has sent, the newest first."""
        self.sweep(books.clock())
        held = self._held.get(books.organization.id, {}).values()
        return sorted((one for one in held if one.by == books.actor), key=_expiry, reverse=True)

    def sweep(self, now: datetime) -> None:
        """Remove the files whose hour is over."""
        for organization_id in list(self._held):
            for one in list(self._held[organization_id].values()):
                if one.expires_at <= now:
                    self._remove(organization_id, one)

    def remove(self, books: Books, one: HeldImport) -> None:
        """Remove a file, which was imported or is not wanted."""
        self._remove(books.organization.id, one)

    def _remove(self, organization_id: str, one: HeldImport) -> None:
        self._held.get(organization_id, {}).pop(one.id, None)
        one.closing.close()


def _expiry(one: HeldImport) -> datetime:
    return one.expires_at


async def columns_of(books: Books, one: HeldImport) -> tuple[GlancedColumn, ...]:
    """The columns of a held file.

    Raises:
        InvalidInput, LimitExceeded: as `glance_at_file`.
    """
    if one.columns is None:
        one.columns = await glance_at_file(books, one.file)
    return one.columns


async def check_held(books: Books, one: HeldImport) -> Checked:
    """What would become of each row of a held file. Nothing is written.

    Raises:
        InvalidInput, LimitExceeded: as `read_file_to_import`.
    """
    if one.checked is None:
        found = await _imported(books, one, dry_run=True)
        if len(found.imported.rows) > _REMEMBERED_ROWS_MAX:
            return found
        one.checked = found
    return one.checked


async def import_held(books: Books, one: HeldImport, imports: HeldImports) -> Checked:
    """Import a held file, all of it or nothing; what was imported is removed.

    Raises:
        InvalidInput, LimitExceeded: as `read_file_to_import`.
        Unavailable: another process writes at this moment. Nothing was changed.
    """
    found = await _imported(books, one, dry_run=False)
    if found.imported.written:
        imports.remove(books, one)
    else:
        one.checked = None
    return found


async def _imported(books: Books, one: HeldImport, *, dry_run: bool) -> Checked:
    read = await read_file_to_import(books, one.file, update=one.update, dry_run=dry_run, progress=_nobody)
    imported = await import_table(books, read.wanted, progress=_nobody)
    return Checked(imported, read.form, read.wanted.columns, (*read.notes, *imported.notes))


def _nobody(done: int, of: int) -> None:
    """Told in a thread, from where nobody can be told."""
