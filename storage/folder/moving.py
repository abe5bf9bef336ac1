"""Moving an installation from files in its data folder to a database server, or back: its directory, and the books of
all organizations. The files of documents stay where they are.

One database after the other is made at the target in one transaction, read there anew, and compared. What is
interrupted goes on with the first that has not arrived. The directory comes last, and seals it: until then all of it
can be taken back, and from then on the place that was left refuses to be used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session

from invoicing.progress import Progress
from invoicing.refusals import Conflict
from storage.copying import (
    Content,
    NotTheSame,
    Told,
    check_contents,
    check_documents,
    contents,
    copy_rows,
    tables_in_order,
)
from storage.directory import organizations
from storage.directory.anchors import ends_of_books
from storage.directory.database import directory_named
from storage.faults.errors import StorageFault
from storage.folder.home import check_home, home_of
from storage.folder.places import Place
from storage.folder.standstill import Move, move_of, remove_mark, set_mark
from storage.sqlite.engines import FileKind
from storage.sqlite.faults import faults_told

if sys.platform != "win32":
    import fcntl

AtTable = Callable[[str, str], None]
"""Told the organization, empty for the directory, and the table whose rows are taken over or compared next."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What has moved."""

    organizations: int
    documents: int
    rows: int


def move(
    root: Path,
    source: Place,
    target: Place,
    *,
    now: datetime,
    progress: Progress,
    at: AtTable = lambda organization_id, table: None,
    without: Collection[str] = (),
) -> Moved:
    """Move the installation of the folder from `source` to `target`, or go on where that was interrupted. Books of the
    organizations that are left out, `without`, are nowhere.

    Raises:
        Conflict: another move has begun here, or is under way; there is something at the target already; or what
            arrived is not what was sent.
        StorageFault: one of the two cannot be read or written to, or a set of books is out of service.
    """
    with _alone(root):
        begun = _begun(root, source, target, now)
        if begun.sealed:
            return _seal(root, source, target, begun, Moved(len(begun.arrived), 0, 0))
        return _move(root, source, target, begun, _Telling(progress, at), without)


def take_back(root: Path, source: Place, target: Place, *, progress: Progress) -> None:
    """Leave the installation where it was, and remove what was made at the target.

    Raises:
        Conflict: no such move has begun, or it is sealed.
    """
    with _alone(root):
        begun = move_of(root)
        if begun is None or (begun.source, begun.target) != (source.name, target.name):
            raise Conflict("No such move has begun here: there is nothing to take back.")
        if begun.sealed:
            raise Conflict("This move is sealed: it can only go on, by the same command as before.")
        known = source.read("", organizations.all_ids)
        for step, (organization_id, _) in enumerate(known, start=1):
            target.discard(organization_id)
            progress(step, len(known) + 1)
        target.discard("")
        target.clear()
        remove_mark(root)
        progress(len(known) + 1, len(known) + 1)


class _Telling:
    """Tells how far it is: a step is a table that is taken over."""

    def __init__(self, progress: Progress, at: AtTable) -> None:
        self._progress = progress
        self._at = at
        self._done = self.steps = 0

    def of(self, organization_id: str) -> Told:
        """What is told the tables of these books."""

        def told(table: str) -> None:
            self._at(organization_id, table)
            self._done += 1
            self._progress(self._done, self.steps)

        return told

    def skip(self, kind: FileKind) -> None:
        """These books have arrived before."""
        self._done += _steps(kind)


def _move(root: Path, source: Place, target: Place, begun: Move, telling: _Telling, without: Collection[str]) -> Moved:
    with directory_named():
        source.settle("")
        known = source.read("", organizations.all_ids)
    telling.steps = len(known) * _steps(FileKind.BOOKS) + _steps(FileKind.DIRECTORY)
    documents = rows = 0
    for organization_id, handle in known:
        if organization_id in begun.arrived or organization_id in without:
            telling.skip(FileKind.BOOKS)
            continue
        with _named(handle):
            counted = _take_over(organization_id, source, target, telling.of(organization_id))
        documents, rows = documents + counted[0], rows + counted[1]
        begun = replace(begun, arrived=(*begun.arrived, organization_id))
        set_mark(root, begun)
    with directory_named():
        rows += _take_over("", source, target, telling.of(""))[1]
    begun = replace(begun, sealed=True)
    set_mark(root, begun)
    return _seal(root, source, target, begun, Moved(len(known), documents, rows))


def _take_over(organization_id: str, source: Place, target: Place, told: Told) -> tuple[int, int]:
    """Make one database at the target, compare it, and answer how many documents and rows it has."""
    kind = FileKind.BOOKS if organization_id else FileKind.DIRECTORY
    source.settle(organization_id)
    # What an interruption has left there may be whole or not.
    target.discard(organization_id)

    def send(here: Session) -> tuple[int, int]:
        written = target.make(organization_id, lambda there: copy_rows(kind, here, there, told))
        documents = target.read(organization_id, partial(_compared, kind, here, written, told))
        return documents, sum(content.rows for content in written.values())

    return source.read(organization_id, send)


def _compared(kind: FileKind, here: Session, written: Mapping[str, Content], told: Told, there: Session) -> int:
    """How many documents there are, once all that has arrived is what was sent."""
    of_books = kind is FileKind.BOOKS
    documents = check_documents(here, there) if of_books else 0
    check_contents(written, contents(kind, there, told))
    if of_books and ends_of_books(here) != ends_of_books(there):
        raise NotTheSame("The chains do not end alike at both places.")
    return documents


def _seal(root: Path, source: Place, target: Place, begun: Move, moved: Moved) -> Moved:
    """Use the target from now on; interrupted, it is done anew. Meanwhile neither place is used by anybody."""
    source.leave(target.name, begun.begun)
    target.arrive()
    remove_mark(root)
    return moved


def _begun(root: Path, source: Place, target: Place, now: datetime) -> Move:
    """The move that goes on, or the one that begins: from then on nobody writes."""
    begun = move_of(root)
    if begun is not None:
        if (begun.source, begun.target) != (source.name, target.name):
            raise Conflict(
                f"The books of this folder are being moved to {begun.target or 'files'}: go on with that, or take it"
                " back, first."
            )
        return begun
    check_home(root, source.name)
    if source.name and home_of(root) != source.name:
        raise Conflict(f"The books of {root} are not on {source.name}.", field="database_url")
    with directory_named():
        source.read("", organizations.all_ids)
    target.check_free()
    begun = Move(source.name, target.name, f"{now:%Y%m%dT%H%M%S}")
    set_mark(root, begun)
    return begun


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep others from moving the same folder; the lock ends with its process."""
    if sys.platform == "win32":
        yield
        return
    with faults_told(root):
        descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Conflict("The books of this folder are being moved by another process.") from None
    finally:
        os.close(descriptor)


@contextmanager
def _named(handle: str) -> Iterator[None]:
    """Whatever is refused in here is told with whose books they are."""
    try:
        yield
    except StorageFault as fault:
        raise fault.said_of(f"The books of {handle} are") from fault.__cause__
    except Conflict as refusal:
        raise type(refusal)(f"{handle}: {refusal.message}") from refusal.__cause__


def _steps(kind: FileKind) -> int:
    """Each table is taken over, and compared."""
    return 2 * len(tables_in_order(kind))
