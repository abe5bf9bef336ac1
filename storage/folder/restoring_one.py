"""Restoring the books of one organization from a backup of the whole folder, or from an archive of it alone; what was
there is set aside.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, NotFound
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.anchors import Number, ends_of_books
from storage.folder.archive import lay_down_archive, opened_archive
from storage.folder.backup import books_path, check_names, check_stamp, lay_down_file, recorded_files
from storage.folder.exchanging import exchanged
from storage.folder.manifest import read_manifest
from storage.folder.migrating import bring_up
from storage.folder.staging import check_apart, sync_tree
from storage.folder.standstill import check_in_use
from storage.migrations import head_stamp
from storage.plain_files import UNFINISHED_PREFIX
from storage.sqlite.engines import FileKind, StorageFault, faults_told, read_once
from storage.sqlite.faults import UNREADABLE_ROW


@dataclass(frozen=True, slots=True)
class RestoredOne:
    """What was restored. `set_aside` is where that lies now which was there before; None where there was nothing.
    `given` are the numbers that its documents have, where it can still be read.
    """

    created_at: datetime
    files: int
    set_aside: Path | None
    given: tuple[Number, ...]


def restore_organization(
    backup: Path,
    root: Path,
    organization_id: str,
    *,
    keys: Path,
    now: datetime,
    progress: Progress,
    signed_by: str = "",
) -> RestoredOne:
    """Put the books and files of one organization, as the backup has them, in the place of what there is.

    The manifest is signed as for restoring the whole. Every file is compared with it while it is copied. Nothing is
    deleted. Books that end before what the
    directory knows of them stay out of service until they are brought back (`operations/recovery.py`).

    Raises:
        NotFound: the backup does not hold this organization.
        InvalidInput: it is no backup, not signed so, or a file of it is missing, too many, changed or of a newer
            version.
    """
    manifest, _ = read_manifest(backup, keys=keys, signed_by=signed_by)
    check_apart(backup, root, field="backup")
    check_names(backup, manifest)
    folder = f"{ORGANIZATIONS_FOLDER}/{organization_id}/"
    entries = [entry for entry in manifest.files if entry.path.startswith(folder)]
    path = books_path(organization_id)
    if manifest.entry(path) is None:
        raise NotFound("The backup does not hold the books of this organization.", field="organization")
    with faults_told(root):
        staged = root / f"{UNFINISHED_PREFIX}{uuid4().hex}"
        staged.mkdir(mode=0o700)
        try:
            for done, entry in enumerate(entries):
                progress(done, len(entries))
                lay_down_file(backup, staged, entry)
            check_stamp(staged, path, FileKind.BOOKS, organization_id)
            foreign = {entry.path for entry in entries} - {
                path,
                *(one.path for one in recorded_files(staged, organization_id)),
            }
            if foreign:
                raise InvalidInput(f"{min(foreign)} belongs to nothing that the books name.", field="backup")
            for name in ("documents", "exports"):
                (staged / folder / name).mkdir(exist_ok=True)
            bring_up(staged / path, FileKind.BOOKS, organization_id, by_hand=False)
            sync_tree(staged)
            set_aside = _exchange(root, staged / folder, root / folder, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    progress(len(entries), len(entries))
    return RestoredOne(manifest.created_at, len(entries), set_aside, _given(set_aside, organization_id))


def restore_from_archive(
    archive: Path,
    root: Path,
    organization_id: str,
    *,
    keys: Path,
    now: datetime,
    progress: Progress,
    signed_by: str = "",
) -> RestoredOne:
    """As `restore_organization`, from an archive of this organization alone.

    Raises:
        NotFound: the archive is of another organization.
        InvalidInput: it is no archive, not signed so, or something in it was changed.
    """
    with opened_archive(archive, keys=keys, signed_by=signed_by) as (archived, content), faults_told(root):
        if archived.manifest.organization.id != organization_id:
            raise NotFound("The archive is of another organization.", field="organization")
        staged = root / f"{UNFINISHED_PREFIX}{uuid4().hex}"
        staged.mkdir(mode=0o700)
        try:
            laid = lay_down_archive(archived, content, staged, progress=progress)
            sync_tree(staged)
            set_aside = _exchange(root, laid.folder, root / ORGANIZATIONS_FOLDER / organization_id, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    given = (*_given(set_aside, organization_id), *(one.number for one in archived.manifest.numbers))
    return RestoredOne(archived.manifest.created_at, len(archived.manifest.files), set_aside, given)


def _given(set_aside: Path | None, organization_id: str) -> tuple[Number, ...]:
    """The directory may know less than the books themselves: whoever wrote last may have ended before it was told."""
    if set_aside is None:
        return ()
    try:
        stamp = head_stamp(FileKind.BOOKS, organization_id)
        return read_once(set_aside / BOOKS_FILE, stamp, ends_of_books, examined=True).numbers
    except (StorageFault, *UNREADABLE_ROW):
        return ()


def _exchange(root: Path, restored: Path, place: Path, now: datetime) -> Path | None:
    """Put the restored folder in its place, and what was there under a name of its own."""
    check_in_use(root)
    with exchanged(root, restored, place, now) as aside:
        return aside
