"""The schemas of a server as a place that an installation moves away from, or to, and from which its books are copied
into files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.copying import NotTheSame, check_contents, contents, copy_rows
from storage.database import Mode
from storage.directory.anchors import Ends, Number, ends_of_books
from storage.faults.errors import UNREADABLE_ROW, DamagedStore, StorageFault
from storage.faults.kinds import Fault
from storage.files.in_folder import folder_among
from storage.folder.exchanging import SetAside, exchanged, set_aside_of
from storage.folder.provisioning import make_file
from storage.folder.staging import sync_tree
from storage.folder.standstill import check_in_use
from storage.migrations import head_stamp
from storage.plain_files import COMPANIONS, sync_folder
from storage.postgres.addresses import Address
from storage.postgres.database import as_checked
from storage.postgres.engines import run_apart, transact_once
from storage.postgres.faults import server_faults_told
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import Scope, aside_schema, books_scope, directory_scope, is_aside_of
from storage.sqlite.engines import FileKind, read_once
from storage.sqlite.faults import faults_told

T = TypeVar("T")


class ServerPlace:
    """The schemas of an installation on the server at `address`; the files of documents are in the folder `root`."""

    def __init__(self, root: Path, address: Address) -> None:
        self._root = root
        self._address = address
        self._schemas = Schemas(address)

    @property
    def name(self) -> str:
        return str(self._address)

    def settle(self, organization_id: str) -> None:
        self._transact(organization_id, Mode.WRITE, lambda session: None)

    def read(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return self._transact(organization_id, Mode.READ, work)

    def check_free(self) -> None:
        self._run(self._schemas.check_login)
        if self._run(self._schemas.is_in_use):
            raise Conflict(f"There is an installation on {self._address} already: name an empty database.")

    def make(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        if organization_id:
            return self._run(partial(self._schemas.lay_out, organization_id, fill))
        self._run(self._schemas.ensure_directory)
        return self._run(partial(self._schemas.fill_directory, fill))

    def discard(self, organization_id: str) -> None:
        if organization_id:
            self._run(partial(self._schemas.discard, organization_id))
        else:
            self._run(self._schemas.discard_directory)

    def clear(self) -> None:
        self._run(self._schemas.discard_templates)

    def leave(self, to: str, aside: str) -> None:
        self._run(partial(self._schemas.leave, to or "files"))

    def arrive(self) -> None:
        """Whoever names the server finds it there."""

    def is_there(self) -> bool:
        return self._run(self._schemas.has_directory)

    def copy(self, organization_id: str, copy: Path) -> None:
        with self._rows_told(organization_id):
            self.read(organization_id, partial(self._copy, organization_id, copy))

    def bring_in(self, organization_id: str, folder: Path) -> None:
        check_in_use(self._root)
        if books_scope(organization_id).schema in self._run(self._schemas.names):
            raise Conflict("There are books of this organization here that belong to none: remove their schema first.")
        place = folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id)
        try:
            with faults_told(self._root):
                books = _taken_out(folder)
                sync_tree(folder)
            self._run(partial(self._schemas.begin, organization_id))
            self._send(books, organization_id, partial(self._schemas.fill, organization_id), then=_nothing)
            with faults_told(self._root):
                os.rename(folder, place)
                sync_folder(place.parent)
        except BaseException:
            self._run(partial(self._schemas.discard, organization_id))
            raise

    def exchange(self, organization_id: str, folder: Path, now: datetime) -> SetAside:
        check_in_use(self._root)
        given, aside = self._given(organization_id), aside_schema(organization_id, now)
        place = folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id)
        with faults_told(self._root):
            books = _taken_out(folder)
            sync_tree(folder)
        self._run(partial(self._schemas.begin, organization_id))
        # Where the transaction cannot be kept in the end, the folders are as they were.
        with ExitStack() as undone:

            def exchange_folders() -> Path | None:
                return undone.enter_context(exchanged(self._root, folder, place, now))

            make = partial(self._schemas.fill_anew, organization_id, aside)
            self._send(books, organization_id, make, then=exchange_folders)
        folders = [str(one) for one in set_aside_of(self._root, organization_id)]
        return SetAside((*folders, *(f"schema {one}" for one in self._aside_of(organization_id))), given)

    def _copy(self, organization_id: str, copy: Path, here: Session) -> None:
        """Make the file, read it anew, and compare."""
        kind = FileKind.BOOKS if organization_id else FileKind.DIRECTORY
        written = make_file(self._root, copy, kind, lambda there: copy_rows(kind, here, there, _nobody))
        stamp = head_stamp(kind, organization_id)
        check_contents(written, read_once(copy, stamp, lambda there: contents(kind, there, _nobody)))

    def _send(
        self,
        file: Path,
        organization_id: str,
        make: Callable[[Callable[[Session], T]], Coroutine[Any, Any, T]],
        then: Callable[[], T],
    ) -> T:
        """Let `make` fill new books with what is in the file; what has arrived is read anew, and compared, before it is
        kept. What is done `then` is answered.
        """

        def fill(here: Session, there: Session) -> T:
            written = copy_rows(FileKind.BOOKS, here, there, _nobody)
            check_contents(written, contents(FileKind.BOOKS, there, _nobody))
            return then()

        stamp = head_stamp(FileKind.BOOKS, organization_id)
        return read_once(file, stamp, lambda here: self._run(partial(make, partial(fill, here))), examined=True)

    def _given(self, organization_id: str) -> tuple[Number, ...]:
        """The directory may know less than the books themselves: whoever wrote last may have ended before. What is set
        aside already was in their place before a try that was interrupted.
        """
        aside = (partial(self._read_aside, schema) for schema in self._aside_of(organization_id))
        books = (partial(self.read, organization_id), *aside)
        return tuple(number for one in books for number in _numbers_of(one))

    def _aside_of(self, organization_id: str) -> list[str]:
        return [name for name in self._run(self._schemas.names) if is_aside_of(name, organization_id)]

    def _read_aside(self, schema: str, work: Callable[[Session], Ends]) -> Ends:
        return self._run(partial(self._schemas.read_aside, schema, work))

    @contextmanager
    def _rows_told(self, organization_id: str) -> Iterator[None]:
        """A row that no release writes, and that a file does not take, is told as the damage that it is."""
        try:
            yield
        except NotTheSame:
            raise
        except (Conflict, *UNREADABLE_ROW) as error:
            raise DamagedStore(f"{self._where(_scope(organization_id))}: {error}", Fault.ROWS) from error

    def _transact(self, organization_id: str, mode: Mode, work: Callable[[Session], T]) -> T:
        return self._run(partial(self._on_its_own, _scope(organization_id), mode, work))

    async def _on_its_own(self, scope: Scope, mode: Mode, work: Callable[[Session], T]) -> T:
        return await transact_once(self._address.url, scope, mode, as_checked(scope, self._where(scope), work))

    def _where(self, scope: Scope) -> str:
        return f"schema {scope.schema} in {self._address}"

    def _run(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        with server_faults_told(str(self._address)):
            return run_apart(act)


def _taken_out(folder: Path) -> Path:
    """The books of a folder that was laid down, beside it: they are on the server when the folder is put in place."""
    books = folder.parent / BOOKS_FILE
    for ending in ("", *COMPANIONS):
        if os.path.lexists(f"{folder / BOOKS_FILE}{ending}"):
            os.rename(f"{folder / BOOKS_FILE}{ending}", f"{books}{ending}")
    return books


def _numbers_of(read: Callable[[Callable[[Session], Ends]], Ends]) -> tuple[Number, ...]:
    """The numbers in books, where these can be read."""
    try:
        return read(ends_of_books).numbers
    except (StorageFault, *UNREADABLE_ROW):
        return ()


def _scope(organization_id: str) -> Scope:
    return books_scope(organization_id) if organization_id else directory_scope()


def _nothing() -> None:
    """Nothing more is done."""


def _nobody(table: str) -> None:
    """Nobody is told how far it is."""
