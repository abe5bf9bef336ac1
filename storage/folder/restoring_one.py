"""Restoring the books of one organization from a backup of the whole folder, or from an archive of it alone; what was
there is set aside.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, NotFound
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.folder.archive import lay_down_archive, opened_archive
from storage.folder.backup import books_path, check_names, check_stamp, lay_down_file, recorded_files
from storage.folder.exchanging import SetAside
from storage.folder.manifest import read_manifest
from storage.folder.migrating import bring_up
from storage.folder.places import Place
from storage.folder.staging import check_apart
from storage.plain_files import UNFINISHED_PREFIX
from storage.sqlite.engines import FileKind, faults_told


@dataclass(frozen=True, slots=True)
class RestoredOne:
    """What was restored, and what was there before, which is set aside."""

    created_at: datetime
    files: int
    before: SetAside


def restore_organization(
    backup: Path,
    root: Path,
    place: Place,
    organization_id: str,
    *,
    keys: Path,
    now: datetime,
    progress: Progress,
    signed_by: str = "",
) -> RestoredOne:
    """Put the books and files of one organization, as the backup has them, in the place of what there is: books at
    `place`, files in the data folder `root`.

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
            before = place.exchange(organization_id, staged / folder, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    progress(len(entries), len(entries))
    return RestoredOne(manifest.created_at, len(entries), before)


def restore_from_archive(
    archive: Path,
    root: Path,
    place: Place,
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
            before = place.exchange(organization_id, laid.folder, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    given = (*before.given, *(one.number for one in archived.manifest.numbers))
    return RestoredOne(archived.manifest.created_at, len(archived.manifest.files), replace(before, given=given))
