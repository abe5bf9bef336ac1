"""Backups: a data folder that may be in use is copied into a folder of its own, and laid down again from it.

The directory is copied first, then the books of exactly the organizations that the copy names: books are whole
before the directory learns of them, so each organization of the copy has its books. Of the files only those on
record in the copied books are taken. A folder becomes a backup, or a data folder, in one last step.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, Unavailable
from storage.books import export_tables, exports, tables
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import browsers, credentials, organizations, sign_in_links, users
from storage.directory.anchors import ends_of_books
from storage.directory.database import DIRECTORY_FILE, directory_named
from storage.files.kept import AllFiles
from storage.folder.heads import Head, head_of
from storage.folder.manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    Manifest,
    ManifestEntry,
    SchemaVersions,
    is_our_path,
    read_manifest,
    write_manifest,
)
from storage.folder.migrating import migrate_all
from storage.folder.places import Place
from storage.folder.provisioning import discard_books
from storage.folder.recorded import open_recorded
from storage.folder.signing import SigningKeys, name_of
from storage.folder.staging import check_apart, check_free, laid_down
from storage.migrations import head_stamp
from storage.plain_files import open_plain_file
from storage.sqlite.engines import (
    DamagedStore,
    FileKind,
    checkpoint,
    faults_told,
    read_once,
    stamp_of,
    write_once,
)
from storage.sqlite.stamps import Difference

_CHUNK_BYTES = 1024 * 1024
_log = logging.getLogger("counterfoil")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was backed up. `damaged` names books that are out of service, and files on record that were missing or had
    other bytes: they are not in
    the backup. `manifest_sha256` vouches for all the rest, if it is kept elsewhere, and so does the signature, with the
    key of this name.
    """

    target: Path
    organizations: int
    files: int
    size_bytes: int
    damaged: tuple[str, ...]
    manifest_sha256: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored; `migrated` counts the database files that were brought to the newest schema, `asleep` the
    credentials that an owner has to wake before they open anything, `people` those who sign in by a new link first.
    """

    root: Path
    created_at: datetime
    organizations: int
    files: int
    size_bytes: int
    migrated: int
    asleep: int
    people: int
    damaged: tuple[str, ...]
    manifest_sha256: str


def back_up(
    root: Path,
    place: Place,
    target: Path,
    *,
    keys: Path,
    now: datetime,
    progress: Progress,
    files: AllFiles | None = None,
) -> BackupReport:
    """Copy the databases at `place` and the files in the data folder `root`, or wherever `files` has them, all of which
    may be in use, into `target`, which is new or empty. What it holds is signed with the installation's key in the
    folder `keys`.

    Raises:
        KeysUnavailable: nothing can be signed.
        InvalidInput: there is no data folder, or the target lies in it.
        Conflict: the target is not empty.
        StorageFault: the directory is damaged, or there is no room. No backup is made then. One organization's
            damaged books keep no other's from being backed up: they are reported.
    """
    if not place.is_there():
        raise InvalidInput("There is no data folder to back up here.", field="data")
    check_apart(root, target, field="target")
    check_free(target, field="target")
    with faults_told(target), laid_down(target, last=MANIFEST_FILE) as staged:
        directory, known = _copy_directory(place, staged)
        name = name_of(staged)
        signing = SigningKeys(keys, name)
        signed_by = signing.make(now).key_id
        entries, damaged, heads, version = [directory], list[str](), list[Head](), 0
        for done, (organization_id, handle) in enumerate(known):
            progress(done, len(known))
            path = books_path(organization_id)
            try:
                entries.append(copy_database(place, staged, organization_id))
            except DamagedStore as damage:
                _log.error("%s is not in the backup: %s", path, damage.detail)
                discard_books(staged, organization_id)
                damaged.append(path)
                continue
            found = stamp_of(staged / path)
            version = max(version, found.schema_version)
            if found == head_stamp(FileKind.BOOKS, organization_id):
                ends = read_once(staged / path, found, ends_of_books, examined=True)
                heads.append(head_of(organization_id, handle, ends))
            for recorded in recorded_files(staged, organization_id):
                if _copy_recorded(root, files, staged, recorded):
                    entries.append(recorded)
                else:
                    damaged.append(recorded.path)
        manifest = Manifest(
            installation=name,
            created_at=now,
            schema_versions=SchemaVersions(directory=stamp_of(staged / directory.path).schema_version, books=version),
            heads=tuple(heads),
            files=tuple(entries),
            damaged=tuple(damaged),
        )
        manifest_sha256 = write_manifest(staged, manifest, signing, now=now)
    progress(len(known), len(known))
    return BackupReport(
        target=target,
        organizations=len(known),
        files=len(entries),
        size_bytes=sum(entry.size_bytes for entry in entries),
        damaged=manifest.damaged,
        manifest_sha256=manifest_sha256,
        signed_by=signed_by,
    )


def restore(
    backup: Path,
    root: Path,
    *,
    keys: Path,
    now: datetime,
    progress: Progress,
    signed_by: str = "",
    at_last: Callable[[Path], None] = lambda staged: None,
) -> RestoreReport:
    """Lay the data folder of a backup down at `root`, which is new or empty, and bring it to this schema.

    All its credentials sleep: those that were revoked after the backup was made would open the folder again, and
    nobody knows which these are.

    The manifest has to be signed by its installation, a key of which lies in the folder `keys`, or by the key that is
    named. Every file is compared with it while it is copied; the backup itself is never written to. `at_last` is done
    to the folder before it is there.

    Raises:
        InvalidInput: it is no backup, or not signed so, a file of it is missing, too many, changed or of a newer
            version, or the two folders lie in each other.
        Conflict: `root` is not empty.
    """
    manifest, manifest_sha256 = read_manifest(backup, keys=keys, signed_by=signed_by)
    check_apart(backup, root, field="data")
    check_free(root, field="data")
    check_names(backup, manifest)
    with faults_told(root), laid_down(root, last=DIRECTORY_FILE) as staged:
        for done, entry in enumerate(manifest.files):
            progress(done, len(manifest.files))
            lay_down_file(backup, staged, entry)
        known = _check_databases(staged, manifest)
        migration = migrate_all(staged, progress=lambda done, of: None)
        if failed := [path for path, _ in migration.failed if path not in manifest.damaged]:
            raise Unavailable(f"{failed[0]} could not be brought to this version's schema.")
        asleep, people = _put_to_sleep(staged, now)
        at_last(staged)
    progress(len(manifest.files), len(manifest.files))
    return RestoreReport(
        root=root,
        created_at=manifest.created_at,
        organizations=len(known),
        files=len(manifest.files),
        size_bytes=sum(entry.size_bytes for entry in manifest.files),
        migrated=len(migration.migrated),
        asleep=asleep,
        people=people,
        damaged=manifest.damaged,
        manifest_sha256=manifest_sha256,
    )


def _put_to_sleep(staged: Path, now: datetime) -> tuple[int, int]:
    """Let nothing of the backup open anything by itself; answers how many credentials and people sleep."""
    path = staged / DIRECTORY_FILE

    def work(db: Session) -> tuple[int, int]:
        browsers.end_all_sessions(db)
        sign_in_links.forget_all_links(db)
        return credentials.put_all_to_sleep(db, now=now), users.put_all_to_sleep(db, now=now)

    asleep = write_once(path, head_stamp(FileKind.DIRECTORY), work)
    checkpoint(path)
    return asleep


def _copy_directory(place: Place, staged: Path) -> tuple[ManifestEntry, list[tuple[str, str]]]:
    """The copied directory, and id and handle of each of its organizations."""
    with directory_named():
        entry = copy_database(place, staged, "")
    return entry, _organizations(staged)


def copy_database(place: Place, staged: Path, organization_id: str) -> ManifestEntry:
    """Copy the books of an organization, or without one the directory, to where they are in a data folder, below
    another folder. They may be in use.

    Raises:
        DamagedStore: they are not in order, or not what their place says.
    """
    path = books_path(organization_id) if organization_id else DIRECTORY_FILE
    (staged / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.copy(organization_id, staged / path)
    return _entry(staged / path, path)


def _organizations(folder: Path) -> list[tuple[str, str]]:
    path = folder / DIRECTORY_FILE
    return read_once(path, stamp_of(path), organizations.all_ids)


def recorded_files(folder: Path, organization_id: str) -> list[ManifestEntry]:
    """The files on record in copied books, each once: two exports may have the same bytes and name."""
    path = folder / books_path(organization_id)
    recorded: dict[str, ManifestEntry] = {}
    for name, size_bytes, sha256 in read_once(path, stamp_of(path), _file_rows):
        relative = f"{ORGANIZATIONS_FOLDER}/{organization_id}/{name}"
        if not is_our_path(relative):
            raise Unavailable(f"{books_path(organization_id)} has a file on record that is none of Counterfoil's.")
        recorded[relative] = ManifestEntry(path=relative, size_bytes=size_bytes, sha256=sha256)
    return list(recorded.values())


def _file_rows(session: Session) -> list[tuple[str, int, str]]:
    """Only these columns, which books of every schema version have; at the first revision there were no files."""
    if not inspect(session.connection()).has_table(str(tables.StoredFile.__tablename__)):
        return []
    query = select(tables.StoredFile.path, tables.StoredFile.size_bytes, tables.StoredFile.sha256)
    if inspect(session.connection()).has_table(str(export_tables.Export.__tablename__)):
        # An export that has aged is on record and not there any more: that is no damage.
        query = query.where(col(tables.StoredFile.id).not_in(exports.REMOVED))
    return list(session.exec(query.order_by(col(tables.StoredFile.id))))


def _copy_recorded(root: Path, files: AllFiles | None, staged: Path, recorded: ManifestEntry) -> bool:
    """Whether the file was there with the bytes on record; otherwise it is not copied."""
    copy = staged / recorded.path
    try:
        origin = open_recorded(root, files, recorded)
    except OSError:
        return False
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if copy_hashed(origin, copy) == (recorded.size_bytes, recorded.sha256):
        return True
    copy.unlink()
    return False


def copy_hashed(origin: IO[bytes], target: Path) -> tuple[int, str]:
    """Copy an open file, and answer size and sum of exactly the bytes that were written. They are synced at the end."""
    digest = hashlib.sha256()
    with origin, target.open("xb") as copy:
        while chunk := origin.read(_CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
        return copy.tell(), digest.hexdigest()


def _entry(file: Path, path: str) -> ManifestEntry:
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return ManifestEntry(path=path, size_bytes=stream.tell(), sha256=sha256)


def books_path(organization_id: str) -> str:
    return f"{ORGANIZATIONS_FOLDER}/{organization_id}/{BOOKS_FILE}"


def check_names(backup: Path, manifest: Manifest) -> None:
    """Refuse a backup with a file too few or too many. Names that are not ours are not repeated."""
    expected = {entry.path for entry in manifest.files}
    found = set(_files_in(backup)) - {MANIFEST_FILE, SIGNATURE_FILE}
    if missing := sorted(expected - found):
        raise InvalidInput(f"{missing[0]} is missing from the backup.", field="backup")
    if extra := sorted(found - expected):
        name = extra[0] if is_our_path(extra[0]) else "A file that is none of Counterfoil's"
        raise InvalidInput(f"{name} is in the backup's folder, but not in its manifest.", field="backup")


def _files_in(folder: Path) -> Iterator[str]:
    """Everything in the folder but plain folders, as relative paths; links are not followed."""
    for parent, folders, names in os.walk(folder):
        for name in (*names, *(name for name in folders if Path(parent, name).is_symlink())):
            yield Path(parent, name).relative_to(folder).as_posix()


def lay_down_file(backup: Path, staged: Path, entry: ManifestEntry) -> None:
    source, copy = backup / entry.path, staged / entry.path
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        origin = open_plain_file(source)
    except OSError:
        raise InvalidInput(f"{entry.path} of the backup is not a file, or cannot be read.", field="backup") from None
    if copy_hashed(origin, copy) != (entry.size_bytes, entry.sha256):
        raise InvalidInput(f"{entry.path} of the backup was changed: its sum is not the manifest's.", field="backup")


def _check_databases(staged: Path, manifest: Manifest) -> list[str]:
    """Check every database file's stamp, and that directory, books and files belong together."""
    if manifest.entry(DIRECTORY_FILE) is None:
        raise InvalidInput(f"{DIRECTORY_FILE} is not in the backup's manifest.", field="backup")
    check_stamp(staged, DIRECTORY_FILE, FileKind.DIRECTORY, "")
    if name_of(staged) != manifest.installation:
        raise InvalidInput(f"{MANIFEST_FILE} is that of another installation's backup.", field="backup")
    known = [organization_id for organization_id, _ in _organizations(staged)]
    entries = {entry.path: entry for entry in manifest.files}
    accounted = {DIRECTORY_FILE}
    for organization_id in known:
        path = books_path(organization_id)
        if path in manifest.damaged and path not in entries:
            # They were out of service when the backup was made: so they are where it is laid down.
            continue
        if path not in entries:
            raise InvalidInput(f"{path} is not in the backup's manifest.", field="backup")
        check_stamp(staged, path, FileKind.BOOKS, organization_id)
        recorded = recorded_files(staged, organization_id)
        for file in recorded:
            entry = entries.get(file.path)
            if entry != file and not (entry is None and file.path in manifest.damaged):
                raise InvalidInput(f"{file.path} is missing from the backup, or not the one on record.", field="backup")
        accounted |= {path, *(file.path for file in recorded)}
    if foreign := sorted(entries.keys() - accounted):
        raise InvalidInput(f"{foreign[0]} belongs to nothing that the directory names.", field="backup")
    return known


def check_stamp(staged: Path, path: str, kind: FileKind, organization_id: str) -> None:
    try:
        found = stamp_of(staged / path)
    except DamagedStore as error:
        raise InvalidInput(f"{path} of the backup is damaged.", field="backup") from error
    match found.difference(head_stamp(kind, organization_id)):
        case Difference.KIND | Difference.ORGANIZATION:
            raise InvalidInput(f"{path} of the backup is not what its name says.", field="backup")
        case Difference.NEWER:
            raise InvalidInput(
                f"{path} was written by a newer Counterfoil: restore it with that version.", field="backup"
            )
        case Difference.OLDER | None:
            # What is older is brought up once it is laid down.
            return
