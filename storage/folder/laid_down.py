"""Books that were laid down from an archive in a folder of their own, where nobody else has them yet."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.files.in_folder import FilesInFolder, folder_among
from storage.files.kept import Files
from storage.migrations import head_stamp
from storage.plain_files import UNFINISHED_PREFIX
from storage.sqlite.engines import FileKind, checkpoint, faults_told, read_once, write_once

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LaidDown:
    """The books and files of an organization in a folder of their own."""

    folder: Path
    organization_id: str

    @property
    def files(self) -> Files:
        """The files that lie with the books."""
        return FilesInFolder(self.folder)

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction that cannot write."""
        stamp = head_stamp(FileKind.BOOKS, self.organization_id)
        return read_once(self.folder / BOOKS_FILE, stamp, work, examined=True)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction."""
        path = self.folder / BOOKS_FILE
        result = write_once(path, head_stamp(FileKind.BOOKS, self.organization_id), work)
        checkpoint(path)
        return result


@contextmanager
def room_to_lay_down(root: Path, organization_id: str) -> Iterator[Path]:
    """A new folder in the data folder, of which nothing is left at the end but what was put in its place.

    Raises:
        Conflict: there is a folder of the organization already.
        StorageFault: there is no room, or the data folder cannot be written to.
    """
    if os.path.lexists(folder_among(root / ORGANIZATIONS_FOLDER, organization_id)):
        raise Conflict("There is a folder of these books here that belongs to no organization: move it away first.")
    staged = root / f"{UNFINISHED_PREFIX}{uuid4().hex}"
    with faults_told(root):
        staged.mkdir(mode=0o700)
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)
