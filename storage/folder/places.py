"""The files of a data folder as a place that an installation moves away from, or to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.anchors import Number, ends_of_books
from storage.directory.database import DIRECTORY_FILE
from storage.faults.errors import UNREADABLE_ROW, StorageFault
from storage.faults.kinds import Fault
from storage.files.in_folder import folder_among
from storage.folder.exchanging import SET_ASIDE_FOLDER, SetAside, exchanged, set_aside_of
from storage.folder.home import SERVER_FILE, name_home
from storage.folder.provisioning import make_file, organization_folders
from storage.folder.staging import sync_tree
from storage.folder.standstill import check_in_use
from storage.migrations import head_stamp
from storage.plain_files import COMPANIONS, sync_folder
from storage.sqlite.engines import (
    DamagedStore,
    FileKind,
    checkpoint,
    copy_live,
    examine,
    read_once,
    stamp_of,
    write_once,
)
from storage.sqlite.examining import check_ends_with_a_page
from storage.sqlite.faults import faults_told
from storage.sqlite.stamps import Difference, Stamp

T = TypeVar("T")

ARRIVING_FILE = f"{DIRECTORY_FILE}.moving"
"""The directory, until the folder's books are in files: without one of its name they are in use by nobody."""


class Place(Protocol):
    """Where all databases of an installation are, or are to be. The directory is the one of no organization."""

    @property
    def name(self) -> str:
        """What a folder calls it that names its server; empty for files in the folder."""
        ...

    def settle(self, organization_id: str) -> None:
        """Come after whoever writes there at this moment."""
        ...

    def read(self, organization_id: str, work: Callable[[Session], T]) -> T:
        """Run `work` as one transaction that cannot write."""
        ...

    def check_free(self) -> None:
        """Make sure that nothing of an installation is there.

        Raises:
            Conflict
        """
        ...

    def make(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        """Make a database that `fill` fills: all of it, or nothing."""
        ...

    def discard(self, organization_id: str) -> None:
        """Remove what was made, if it was."""
        ...

    def clear(self) -> None:
        """Remove what else was made there."""
        ...

    def leave(self, to: str, aside: str) -> None:
        """Be where the installation was, and be used no more; `aside` is a name that nothing else has."""
        ...

    def arrive(self) -> None:
        """Be where the installation is."""
        ...

    def is_there(self) -> bool:
        """Whether there is an installation."""
        ...

    def copy(self, organization_id: str, copy: Path) -> None:
        """Make a file that is the database as it is in one moment; it may be in use.

        Raises:
            DamagedStore: it is not in order, or not what its name says.
        """
        ...

    def bring_in(self, organization_id: str, folder: Path) -> None:
        """Make the books that lie as a file in `folder`, and the files beside them, those of an organization that has
        none yet; all of it, or nothing.

        Raises:
            Conflict: there are books of that organization already.
        """
        ...

    def exchange(self, organization_id: str, folder: Path, now: datetime) -> SetAside:
        """As `bring_in`, in the place of what there is, which is set aside."""
        ...


class FilesPlace:
    """The files of the data folder `root`; `arriving`: they are made now, and not in use yet; not `kept`: once they are
    left they are removed, and not set aside.
    """

    def __init__(self, root: Path, *, arriving: bool = False, kept: bool = True) -> None:
        self._root = root
        self._kept = kept
        self._directory = root / (ARRIVING_FILE if arriving else DIRECTORY_FILE)

    @property
    def name(self) -> str:
        return ""

    def settle(self, organization_id: str) -> None:
        write_once(self._file(organization_id), _stamp(organization_id), lambda session: None)

    def read(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return read_once(self._file(organization_id), _stamp(organization_id), work)

    def check_free(self) -> None:
        books = next((one for one in organization_folders(self._root) if os.path.lexists(one / BOOKS_FILE)), None)
        if books is not None or os.path.lexists(self._root / DIRECTORY_FILE):
            raise Conflict(f"There are books in files in {self._root} already: move them away first.")

    def make(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        return make_file(self._root, self._file(organization_id), _stamp(organization_id).kind, fill)

    def discard(self, organization_id: str) -> None:
        with faults_told(self._root):
            for path in _with_companions(self._file(organization_id)):
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """The template is made anew whenever it is missing."""

    def leave(self, to: str, aside: str) -> None:
        name_home(self._root, to)
        place = self._root / SET_ASIDE_FOLDER / f"moved-to-a-server-{aside}"
        with faults_told(self._root):
            # Without a directory nothing else is an installation.
            self._set_aside(self._directory, place)
            for folder in organization_folders(self._root):
                self._set_aside(folder / BOOKS_FILE, place / ORGANIZATIONS_FOLDER / folder.name)

    def arrive(self) -> None:
        with faults_told(self._root):
            if os.path.lexists(self._directory):
                os.replace(self._directory, self._root / DIRECTORY_FILE)
            (self._root / SERVER_FILE).unlink(missing_ok=True)
            sync_folder(self._root)

    def is_there(self) -> bool:
        return os.path.lexists(self._directory)

    def copy(self, organization_id: str, copy: Path) -> None:
        source = self._file(organization_id)
        copy_live(source, copy)
        found = stamp_of(copy)
        # What is older is copied as it is.
        if found.difference(_stamp(organization_id)) in (Difference.KIND, Difference.ORGANIZATION):
            raise DamagedStore(f"{source} is not what its name says", Fault.ANOTHERS)
        examine(copy, found)
        check_ends_with_a_page(source, copy)

    def bring_in(self, organization_id: str, folder: Path) -> None:
        check_in_use(self._root)
        place = self._file(organization_id).parent
        with faults_told(self._root):
            sync_tree(folder)
            os.rename(folder, place)
            sync_folder(place.parent)

    def exchange(self, organization_id: str, folder: Path, now: datetime) -> SetAside:
        check_in_use(self._root)
        with faults_told(self._root):
            sync_tree(folder)
            with exchanged(self._root, folder, self._file(organization_id).parent, now):
                pass
            aside = set_aside_of(self._root, organization_id)
        given = tuple(number for one in aside for number in _given(one, organization_id))
        return SetAside(tuple(str(one) for one in aside), given)

    def _set_aside(self, file: Path, place: Path) -> None:
        if os.path.lexists(file):
            checkpoint(file)
        for path in _with_companions(file):
            if not self._kept:
                path.unlink(missing_ok=True)
            elif os.path.lexists(path):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.move(path, place / path.name)
                sync_folder(place)

    def _file(self, organization_id: str) -> Path:
        if not organization_id:
            return self._directory
        return folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id) / BOOKS_FILE


def _given(set_aside: Path, organization_id: str) -> tuple[Number, ...]:
    """The directory may know less than the books themselves: whoever wrote last may have ended before it was told."""
    try:
        return read_once(set_aside / BOOKS_FILE, _stamp(organization_id), ends_of_books, examined=True).numbers
    except (StorageFault, *UNREADABLE_ROW):
        return ()


def _stamp(organization_id: str) -> Stamp:
    return head_stamp(FileKind.BOOKS if organization_id else FileKind.DIRECTORY, organization_id)


def _with_companions(file: Path) -> list[Path]:
    """A database and what lies beside it, which is nothing without it."""
    return [file, *(Path(f"{file}{ending}") for ending in COMPANIONS)]
