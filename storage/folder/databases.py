"""The databases of a data folder whose books are files in it: SQLite, one file for the directory and one for each
organization.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread
from sqlmodel import Session

from invoicing.reports.summaries import SUMMARIES_REMEMBERED
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.database import Database
from storage.directory.anchors import Ends
from storage.directory.database import DIRECTORY_FILE
from storage.faults.of_system import check_storage
from storage.files.in_folder import folder_among
from storage.folder.provisioning import discard_books, ensure_directory_file, provision_books
from storage.folder.standstill import StandingDatabase, check_in_use
from storage.migrations import head_stamp
from storage.sqlite.database import Database as FileDatabase
from storage.sqlite.engines import FileKind, read_once
from storage.sqlite.files_limit import open_books_max
from storage.sqlite.looks import look_of
from storage.work.completion import to_its_end

if TYPE_CHECKING:
    from storage.folder.places import Place

T = TypeVar("T")

CONNECTIONS_TO_DIRECTORY = 4
CONNECTIONS_TO_BOOKS = 2


class FolderDatabases:
    """Files in the data folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # All of a practice's are looked at with each page of its clients, and to make a path takes longer than to look.
        self._written = lru_cache(SUMMARIES_REMEMBERED)(lambda one: str(self._file(one)))

    def directory(self) -> Database:
        stamp = head_stamp(FileKind.DIRECTORY)
        file = FileDatabase(self._root / DIRECTORY_FILE, stamp, connections=CONNECTIONS_TO_DIRECTORY)
        return StandingDatabase(file, self._root)

    def books(self, organization_id: str) -> Database:
        stamp = head_stamp(FileKind.BOOKS, organization_id)
        file = FileDatabase(self._file(organization_id), stamp, connections=CONNECTIONS_TO_BOOKS)
        return StandingDatabase(file, self._root)

    def read_now(self, organization_id: str, work: Callable[[Session], T], *, is_open: bool) -> T:
        return read_once(
            self._file(organization_id), head_stamp(FileKind.BOOKS, organization_id), work, examined=is_open
        )

    def where(self, organization_id: str) -> str:
        return str(self._file(organization_id))

    async def looks(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        ids = list(organization_ids)
        return await to_its_end(anyio.to_thread.run_sync(lambda: {one: self.look_now(one) for one in ids}))

    def look_now(self, organization_id: str) -> str:
        return look_of(self._written(organization_id))

    def ensure_directory(self) -> None:
        ensure_directory_file(self._root)

    def exists(self) -> bool:
        return os.path.lexists(self._root / DIRECTORY_FILE)

    def provision(
        self, organization_id: str, *, now: datetime, fill: Callable[[Session], object], bring: Mapping[str, bytes]
    ) -> Ends:
        check_in_use(self._root)
        return provision_books(self._root, organization_id, now=now, fill=fill, bring=bring)

    def discard(self, organization_id: str) -> None:
        discard_books(self._root, organization_id)

    def check_may_discard(self) -> None:
        check_storage(self._root)

    @property
    def capacity(self) -> int:
        return open_books_max()

    @property
    def place(self) -> Place:
        # What serves never needs it.
        from storage.folder.places import FilesPlace

        return FilesPlace(self._root)

    async def close(self) -> None:
        """Each file is closed by itself."""

    def _file(self, organization_id: str) -> Path:
        return folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id) / BOOKS_FILE
