"""Making databases: the directory of a new data folder, and the books of a new organization.

Everything is made under a temporary name and appears under its own in one step. The directory learns of an
organization only after its books are whole, so what is interrupted leaves at most a folder that nobody names
(`doctor` finds it), never half an organization.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from uuid import uuid4

from sqlmodel import Session

from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.books.settings_tables import Identity
from storage.directory.anchors import Ends, ends_of_books
from storage.directory.database import DIRECTORY_FILE, directory_named
from storage.faults.kinds import Fault
from storage.folder.home import make_home
from storage.migrations import head_stamp, migrate_file
from storage.plain_files import UNFINISHED_PREFIX, check_plain_folders, is_plain_folder, plain_names, sync_folder
from storage.sqlite.engines import (
    DamagedStore,
    FileKind,
    checkpoint,
    open_guarded,
    write_once,
)
from storage.sqlite.examining import examine_template
from storage.sqlite.faults import faults_told

if sys.platform != "win32":
    import fcntl

T = TypeVar("T")

TEMPLATES_FOLDER = "templates"
_log = logging.getLogger("counterfoil")


def ensure_directory_file(root: Path) -> None:
    """Make the data folder and its empty directory database unless they are there.

    Raises:
        DamagedStore: the directory is not ours or of another version, or there are books but no directory, which
            came first: it was lost.
        StorageFault: the data folder cannot be written to. That is said before anything begins.
    """
    make_home(root)
    target = root / DIRECTORY_FILE
    if os.path.lexists(target):
        # A file that is not ours is refused before anything is served from it.
        with directory_named():
            open_guarded(target, head_stamp(FileKind.DIRECTORY)).close()
        return
    if organization_folders(root) and not os.path.lexists(target):
        with directory_named():
            raise DamagedStore(f"{target} is missing though there are books", Fault.MISSING)
    with faults_told(root):
        _make_once(target, FileKind.DIRECTORY)


def organization_folders(root: Path) -> list[Path]:
    """The folders of finished books, whether the directory knows their organizations or not. A link is none."""
    found = plain_names(root / ORGANIZATIONS_FOLDER)
    return [path for path in found if is_plain_folder(path) and not path.name.startswith(UNFINISHED_PREFIX)]


def template_file(root: Path) -> Path:
    """Where the template of this program's schema version is, or will be."""
    return root / TEMPLATES_FOLDER / f"books-{head_stamp(FileKind.BOOKS).schema_version:04d}.db"


def provision_books(
    root: Path,
    organization_id: str,
    *,
    now: datetime,
    fill: Callable[[Session], object],
    bring: Mapping[str, bytes] = MappingProxyType({}),
) -> Ends:
    """Make the books of a new organization: a copy of the migrated template, stamped, then filled by `fill`. `bring`
    are files that it begins with, by their paths. Answers where the chains end, for their anchor.

    All of it, or nothing: when `fill` raises, no trace is left.

    Raises:
        StorageFault: there is no room, or the data folder cannot be written to.
    """
    with faults_told(root):
        return _provision(root, organization_id, now=now, fill=fill, bring=bring)


def stamped(organization_id: str, now: datetime, fill: Callable[[Session], object], session: Session) -> Ends:
    """Say in new, empty books whose they are, and fill them; answers where the chains end."""
    session.add(Identity(organization_id=organization_id, stamped_at=now))
    session.flush()
    fill(session)
    session.flush()
    return ends_of_books(session)


def make_file(root: Path, target: Path, kind: FileKind, fill: Callable[[Session], T]) -> T:
    """Make a database file of a data folder, filled by `fill`, which also says whose it is: all of it, or nothing.

    Raises:
        StorageFault: there is no room, or the data folder cannot be written to.
    """
    unfinished = target.with_name(f"{UNFINISHED_PREFIX}{uuid4().hex}.db")
    with faults_told(root):
        try:
            if kind is FileKind.BOOKS:
                shutil.copyfile(_template(root), unfinished)
            else:
                migrate_file(unfinished, kind)
            unfinished.chmod(0o600)
            result = write_once(unfinished, head_stamp(kind), fill)
            checkpoint(unfinished)
            os.replace(unfinished, target)
            sync_folder(target.parent)
        finally:
            for leftover in target.parent.glob(f"{unfinished.name}*"):
                leftover.unlink(missing_ok=True)
    return result


def make_organization_folder(root: Path, organization_id: str, bring: Mapping[str, bytes]) -> Path:
    """Make the folder of an organization whose books are elsewhere, with the files that it begins with."""
    organizations = _folder(root, ORGANIZATIONS_FOLDER)
    unfinished = _unfinished_folder(organizations, organization_id)
    try:
        _fill_folder(unfinished, bring)
        sync_folder(unfinished)
        os.rename(unfinished, organizations / organization_id)
        sync_folder(organizations)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return organizations / organization_id


def _unfinished_folder(organizations: Path, organization_id: str) -> Path:
    unfinished = organizations / f"{UNFINISHED_PREFIX}{organization_id}"
    unfinished.mkdir(mode=0o700)
    return unfinished


def _fill_folder(folder: Path, bring: Mapping[str, bytes]) -> None:
    for name in ("documents", "exports"):
        (folder / name).mkdir()
    for path, content in bring.items():
        _bring(folder / path, content)


def _provision(
    root: Path, organization_id: str, *, now: datetime, fill: Callable[[Session], object], bring: Mapping[str, bytes]
) -> Ends:
    organizations = _folder(root, ORGANIZATIONS_FOLDER)
    unfinished = _unfinished_folder(organizations, organization_id)
    try:
        _fill_folder(unfinished, bring)
        shutil.copyfile(_template(root), unfinished / BOOKS_FILE)
        ends = _fill(unfinished / BOOKS_FILE, organization_id, now=now, fill=fill)
        sync_folder(unfinished)
        os.rename(unfinished, organizations / organization_id)
        sync_folder(organizations)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return ends


def _bring(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    with target.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(target.parent)


def discard_books(root: Path, organization_id: str) -> None:
    """Remove books that the directory never came to know."""
    shutil.rmtree(root / ORGANIZATIONS_FOLDER / organization_id, ignore_errors=True)


def _fill(path: Path, organization_id: str, *, now: datetime, fill: Callable[[Session], object]) -> Ends:
    ends = write_once(path, head_stamp(FileKind.BOOKS), partial(stamped, organization_id, now, fill))
    checkpoint(path)
    return ends


def _template(root: Path) -> Path:
    """The migrated, stamped file that new books are copied from; made once per schema version, and made anew where
    what is there is not what it was made as.
    """
    path = _folder(root, TEMPLATES_FOLDER) / template_file(root).name
    try:
        examine_template(path, head_stamp(FileKind.BOOKS))
    except DamagedStore as damage:
        if damage.fault is not Fault.MISSING:
            _log.warning("the template is made anew: %s", damage.detail)
        if is_plain_folder(path):
            # Somebody put it there: it is theirs to remove.
            path.rename(path.with_name(f"{path.name}.aside-{uuid4().hex}"))
        _make_once(path, FileKind.BOOKS, replaces=damage.fault is not Fault.MISSING)
    return path


def _folder(root: Path, name: str) -> Path:
    """A folder of the data folder, made where there is none; a link in its place is refused."""
    folder = root / name
    folder.mkdir(mode=0o700, exist_ok=True)
    check_plain_folders(folder / name)
    return folder


def _make_once(target: Path, kind: FileKind, *, replaces: bool = False) -> None:
    """Make a migrated database at `target`; of several that try at once, the first one's stays, unless what is there
    is of no use.
    """
    temporary = target.with_name(f"{UNFINISHED_PREFIX}{uuid4().hex}.db")
    try:
        migrate_file(temporary, kind)
        checkpoint(temporary)
        # The folder may be older than we are and open to others; the file is its owner's alone.
        temporary.chmod(0o600)
        if replaces:
            os.replace(temporary, target)
        else:
            _name_unless_taken(temporary, target)
        sync_folder(target.parent)
    finally:
        for leftover in target.parent.glob(f"{temporary.name}*"):
            leftover.unlink(missing_ok=True)


def _name_unless_taken(temporary: Path, target: Path) -> None:
    """Give a finished file its name in one step, unless another maker's file has it already."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return
    except OSError:
        # FAT, some network mounts and Android know no hard links.
        with _folder_locked(target.parent), suppress(FileExistsError):
            if not target.exists():
                os.rename(temporary, target)


@contextmanager
def _folder_locked(folder: Path) -> Iterator[None]:
    """Keep other makers out of the folder. The lock ends with its process, so a killed one leaves none behind.

    Windows needs none: there `os.rename` itself refuses a name that is taken.
    """
    if sys.platform == "win32":
        yield
    else:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
