"""Files that somebody has sent to be imported, while their columns are looked at and corrected on a page.

They lie where uploads lie, and the directory knows of them, so that whichever process the page comes to has them. What
is imported, not wanted or an hour old is removed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter
from sqlmodel import Session

from invoicing.importing.columns import Columns
from invoicing.importing.kinds import BEGINNING_BYTES, ImportKind, check_beginning, check_size, file_name_of
from invoicing.importing.reading import Reading
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import LimitExceeded, NotFound
from invoicing.remedies import Remark
from operations.import_files import FileToImport, GlancedColumn, glance_at_file, read_file_to_import
from operations.imported import Imported
from operations.importing import import_table
from storage.books.pool import Books, BooksPool
from storage.directory import followed
from storage.directory.database import Directory
from storage.directory.followed import Followed
from storage.files.kept import FileName, Files, Room, StoredFile, read
from storage.ids import new_id

_KIND = "import"
_FORMAT = "import"
_LOOKED_AT_MAX = 64
"""Of so many files a process remembers what it has found in them."""
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
    stored: StoredFile
    begun_at: datetime
    expires_at: datetime
    reading: Reading = _LEFT_OUT
    update: bool = False
    columns: tuple[GlancedColumn, ...] | None = None
    checked: Checked | None = None

    def file_in(self, files: Files) -> FileToImport:
        """The file, for whoever reads it."""
        return FileToImport(self.kind, partial(_content, files, self.stored), self.file_name, self.reading)


@dataclass(frozen=True, slots=True)
class _State:
    """A file as the directory knows it."""

    kind: Kind
    file_name: str
    stored: StoredFile
    reading: Reading
    update: bool


_STATE = TypeAdapter(_State)


def _content(files: Files, stored: StoredFile) -> bytes:
    content = read(files, stored)
    if content is None:
        raise _not_here()
    return content


def _not_here() -> NotFound:
    return NotFound("No such file here, or not any more: it is kept for an hour.", field="file")


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
    """The files of a data folder that wait to be imported."""

    _directory: Directory
    _pool: BooksPool
    _looked_at: OrderedDict[str, HeldImport] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def receiving(self, books: Books, kind: Kind) -> AsyncIterator[Incoming]:
        """A file as it comes in; what is not kept is removed."""
        with books.files.being_written(Room.UPLOADS, "") as path:
            yield Incoming(kind, path, books)

    async def keep(self, books: Books, incoming: Incoming, file_name: str) -> HeldImport:
        """Hold a file that has come, for an hour.

        Raises:
            LimitExceeded: as many as may wait here do.
        """
        now, new = books.clock(), new_id("imp")
        await self.sweep(now)
        waiting = await self._waiting(books)
        if len(waiting) >= HELD_MAX:
            mine = [one for one in waiting if one.by == books.actor]
            if not mine:
                raise LimitExceeded(f"{HELD_MAX} files wait here to be imported: import them first.", field="file")
            await self.remove(books, mine[-1])
        named = FileName(new, "application/octet-stream", _FORMAT)
        stored = await books.use_files(books.files.put, incoming.path, named)
        name = file_name_of(file_name)
        one = HeldImport(new, incoming.kind, books.actor, name, stored, now, now + LIFETIME)
        await self._keep(books, one)
        return one

    async def find(self, books: Books, held_id: str) -> HeldImport:
        """The file of this id, of these books and of whoever has sent it.

        Raises:
            NotFound: there is none, or not any more.
        """
        here, now = books.organization.id, books.clock()
        found = await self._directory.read(lambda db: followed.find_followed(db, _KIND, here, held_id, now=now))
        if found is None or found.by != books.actor:
            raise _not_here()
        return self._known(found)

    async def of(self, books: Books) -> list[HeldImport]:
        """The files of these books that whoever opened them has sent, the newest first."""
        return [one for one in await self._waiting(books) if one.by == books.actor]

    async def read_as(self, books: Books, one: HeldImport, reading: Reading, *, update: bool) -> HeldImport:
        """Read it so from now on."""
        said = HeldImport(
            one.id, one.kind, one.by, one.file_name, one.stored, one.begun_at, one.expires_at, reading, update
        )
        await self._keep(books, said)
        return said

    async def remove(self, books: Books, one: HeldImport) -> None:
        """Remove a file, which was imported or is not wanted."""
        self._looked_at.pop(one.id, None)
        await self._directory.write(lambda db: followed.forget_followed(db, one.id))
        await books.use_files(books.files.remove, one.stored)

    async def sweep(self, now: datetime) -> None:
        """Remove the files whose hour is over."""
        for one in await self._directory.read(lambda db: followed.expired_followed(db, _KIND, now=now)):
            stored = _STATE.validate_json(one.state).stored
            remove = self._pool.files(one.organization_id).remove
            await self._pool.workers.use_files(one.organization_id, remove, stored)
            await self._directory.write(partial(_forget, one.id))

    async def _waiting(self, books: Books) -> list[HeldImport]:
        here, now = books.organization.id, books.clock()
        found = await self._directory.read(lambda db: followed.all_followed(db, _KIND, here, now=now))
        return [self._known(one) for one in found]

    async def _keep(self, books: Books, one: HeldImport) -> None:
        state = _STATE.dump_json(_State(one.kind, one.file_name, one.stored, one.reading, one.update)).decode()
        kept = Followed(one.id, _KIND, books.organization.id, one.by, state, one.begun_at, None, one.expires_at)
        await self._directory.write(lambda db: followed.put_followed(db, kept))

    def _known(self, kept: Followed) -> HeldImport:
        """The file, with what this process has found in it as it is read now."""
        state, seen = _STATE.validate_json(kept.state), self._looked_at.get(kept.id)
        if seen is not None and (seen.reading, seen.update) == (state.reading, state.update):
            return seen
        found = HeldImport(
            kept.id,
            state.kind,
            kept.by,
            state.file_name,
            state.stored,
            kept.begun_at,
            kept.expires_at,
            state.reading,
            state.update,
        )
        self._looked_at[kept.id] = found
        self._looked_at.move_to_end(kept.id)
        if len(self._looked_at) > _LOOKED_AT_MAX:
            self._looked_at.popitem(last=False)
        return found


def _forget(held_id: str, db: Session) -> None:
    followed.forget_followed(db, held_id)


async def columns_of(books: Books, one: HeldImport) -> tuple[GlancedColumn, ...]:
    """The columns of a held file.

    Raises:
        InvalidInput, LimitExceeded: as `glance_at_file`.
    """
    if one.columns is None:
        one.columns = await glance_at_file(books, one.file_in(books.files))
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
        await imports.remove(books, one)
    else:
        one.checked = None
    return found


async def _imported(books: Books, one: HeldImport, *, dry_run: bool) -> Checked:
    read = await read_file_to_import(
        books, one.file_in(books.files), update=one.update, dry_run=dry_run, progress=_nobody
    )
    imported = await import_table(books, read.wanted, progress=_nobody)
    return Checked(imported, read.form, read.wanted.columns, (*read.notes, *imported.notes))


def _nobody(done: int, of: int) -> None:
    """Told in a thread, from where nobody can be told."""
