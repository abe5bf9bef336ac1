"""Archives: the books and files of one organization, byte for byte, in one file with a signed manifest.

An archive is a zip file that compresses nothing, so that it can be looked into anywhere. It is made under a temporary
name, and read as a stranger's: nothing in it is believed before the signature, nor kept before its sum.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Final, Literal
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from invoicing.organizations import ClientMay, OrganizationRef
from invoicing.progress import Progress
from invoicing.refusals import Conflict, InvalidInput, Unavailable
from storage.books.closing import closed_by
from storage.directory.anchors import Number, ends_of_books
from storage.files.kept import AllFiles
from storage.folder.backup import (
    books_path,
    check_stamp,
    copy_database,
    copy_hashed,
    recorded_files,
)
from storage.folder.heads import Head, OrganizationId, head_of
from storage.folder.laid_down import LaidDown
from storage.folder.manifest import (
    MANIFEST_BYTES_MAX,
    MANIFEST_FILE,
    SIGNATURE_BYTES_MAX,
    SIGNATURE_FILE,
    ManifestEntry,
)
from storage.folder.migrating import bring_up
from storage.folder.places import Place
from storage.folder.recorded import open_recorded
from storage.folder.signing import FROZEN, Signature, SigningKeys, Trusted
from storage.migrations import head_stamp
from storage.plain_files import UNFINISHED_PREFIX, open_plain_file, sync_folder
from storage.sqlite.engines import FileKind, faults_told, read_once

SIGNED_AS: Final = "manifest of an archive"
Purpose = Literal["backup", "handing over", "removal"]
Word = Annotated[str, Field(max_length=1_000)]


class ArchivedOrganization(BaseModel):
    """The organization as the directory had it."""

    model_config = FROZEN

    id: OrganizationId
    handle: Annotated[str, Field(pattern="^[a-z0-9-]{1,100}$")]
    name: Word
    kind: Word
    environment: Word
    country: Word
    currency: Word
    named_writes: Word
    human_approval: Word
    client_may: tuple[ClientMay, ...]


class ArchivedNumber(BaseModel):
    """The first and the highest number of a series and period that were given out."""

    model_config = FROZEN

    series: Word
    period: Word
    sequence: int
    first: int
    kind: Word
    pattern: Word

    @property
    def number(self) -> Number:
        """The same in the terms of the anchors."""
        return Number(self.series, self.period, self.sequence, self.first, self.kind, self.pattern)


class ArchiveManifest(BaseModel):
    """What an archive holds, of which installation, and what it was made for. `closed_by` is the act that had closed
    the books, empty where they were open.
    """

    model_config = FROZEN

    format: Literal["counterfoil-archive-1"] = "counterfoil-archive-1"
    purpose: Purpose
    installation: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    created_at: AwareDatetime
    created_by: Word
    organization: ArchivedOrganization
    schema_version: int
    closed_by: Word
    head: Head
    numbers: tuple[ArchivedNumber, ...]
    files: tuple[ManifestEntry, ...]


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive that was made, or is read: its manifest, the sum of that, and the name of the key that signed it."""

    path: Path
    manifest: ArchiveManifest
    manifest_sha256: str
    signed_by: str

    @property
    def size_bytes(self) -> int:
        """The size of what is in it."""
        return sum(one.size_bytes for one in self.manifest.files)


def make_archive(
    root: Path,
    place: Place,
    target: Path,
    organization: OrganizationRef,
    *,
    purpose: Purpose,
    keys: SigningKeys,
    installation: str,
    numbers: tuple[Number, ...],
    now: datetime,
    by: str,
    progress: Progress,
    files: AllFiles | None = None,
) -> Archived:
    """Put the organization's books, which may be in use at `place`, and its files below `root`, or wherever `files` has
    them, into a new file.
    `numbers` are those that the directory knows to have been given out.

    Raises:
        Conflict: there is something in the file's place.
        InvalidInput: the file would lie in the data folder.
        Unavailable: a file on record is missing or changed.
        StorageFault: the books are damaged, or there is no room.
    """
    check_target(root, target)
    staged = target.parent / f"{UNFINISHED_PREFIX}{uuid4().hex}"
    with faults_told(target):
        staged.mkdir(mode=0o700)
        try:
            books = copy_database(place, staged, organization.id)
            stamp, copy = head_stamp(FileKind.BOOKS, organization.id), staged / books.path
            ends, closed = read_once(copy, stamp, lambda db: (ends_of_books(db), closed_by(db)), examined=True)
            recorded = recorded_files(staged, organization.id)
            manifest = ArchiveManifest(
                purpose=purpose,
                installation=installation,
                created_at=now,
                created_by=by,
                organization=_record_of(organization),
                schema_version=stamp.schema_version,
                closed_by=closed,
                head=head_of(organization.id, organization.handle, ends),
                numbers=tuple(_number_of(one) for one in numbers),
                files=(books, *recorded),
            )
            content = (manifest.model_dump_json(indent=1) + "\n").encode()
            signature = keys.sign(content, purpose=SIGNED_AS, now=now)
            made = staged / "archive.zip"
            opened = partial(open_recorded, root, files)
            _write(made, opened, staged, manifest, content, signature, progress)
            _put_in_place(made, target)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return Archived(target, manifest, hashlib.sha256(content).hexdigest(), signature.key_id)


def check_target(root: Path, target: Path) -> None:
    """Make sure that an archive can be made here.

    Raises:
        Conflict: there is something in its place.
        InvalidInput: it would lie in the data folder, or its folder is not there.
    """
    if os.path.lexists(target):
        raise Conflict("There is something of this name already: choose another.", field="file")
    folder = target.parent.resolve()
    if folder == root.resolve() or root.resolve() in folder.parents:
        raise InvalidInput("Choose a place outside the data folder.", field="file")
    if not folder.is_dir():
        raise InvalidInput("The folder that it is to lie in is not there.", field="file")


@contextmanager
def opened_archive(path: Path, *, keys: Path, signed_by: str = "") -> Iterator[tuple[Archived, zipfile.ZipFile]]:
    """An archive whose manifest is signed by the installation that it names, a key of which lies in the folder `keys`,
    or else by the key whose name is `signed_by`; and that holds what its manifest names, no less and no more.

    Raises:
        InvalidInput: it is none, or not signed so.
    """
    try:
        stream = open_plain_file(path)
    except OSError:
        raise InvalidInput("The archive is not there, or cannot be read.", field="file") from None
    with stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                yield _read(path, archive, keys, signed_by), archive
        except (zipfile.BadZipFile, EOFError) as error:
            raise InvalidInput("This file is no archive, or it is cut short.", field="file") from error


def lay_down_archive(archived: Archived, archive: zipfile.ZipFile, folder: Path, *, progress: Progress) -> LaidDown:
    """Unpack an archive that was opened into a new folder, comparing each file with the manifest, and bring its books
    to this version's schema. Nothing but the folder is made.

    Raises:
        InvalidInput: a file of it was changed, or is of a newer version or none of the organization's.
    """
    manifest = archived.manifest
    organization_id, path = manifest.organization.id, books_path(manifest.organization.id)
    below = f"organizations/{organization_id}/"
    for name in ("documents", "exports"):
        (folder / below / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for done, entry in enumerate(manifest.files):
        progress(done, len(manifest.files))
        (folder / entry.path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(entry.path) as origin:
            if copy_hashed(origin, folder / entry.path) != (entry.size_bytes, entry.sha256):
                raise InvalidInput(f"{entry.path} was changed: its sum is not the manifest's.", field="file")
    check_stamp(folder, path, FileKind.BOOKS, organization_id)
    recorded = {entry.path: entry for entry in recorded_files(folder, organization_id)}
    if recorded != {entry.path: entry for entry in manifest.files if entry.path != path}:
        raise InvalidInput("The archive does not hold the files that its books have on record.", field="file")
    bring_up(folder / path, FileKind.BOOKS, organization_id, by_hand=False)
    laid = LaidDown(folder / below, organization_id)
    ends = laid.read(ends_of_books)
    if head_of(organization_id, manifest.organization.handle, ends) != manifest.head:
        raise InvalidInput("The chains of the books do not end where the manifest says.", field="file")
    progress(len(manifest.files), len(manifest.files))
    return laid


def _write(
    made: Path,
    opened: Callable[[ManifestEntry], IO[bytes]],
    staged: Path,
    manifest: ArchiveManifest,
    content: bytes,
    signature: Signature,
    progress: Progress,
) -> None:
    books, *recorded = manifest.files
    with zipfile.ZipFile(made, "x", zipfile.ZIP_STORED) as archive:
        archive.writestr(_member(MANIFEST_FILE, manifest.created_at), content)
        archive.writestr(_member(SIGNATURE_FILE, manifest.created_at), signature.model_dump_json(indent=1) + "\n")
        _add(archive, lambda entry: open_plain_file(staged / entry.path), books, manifest.created_at)
        for done, entry in enumerate(recorded):
            progress(done, len(recorded))
            _add(archive, opened, entry, manifest.created_at)
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())
    progress(len(recorded), len(recorded))


def _add(
    archive: zipfile.ZipFile, opened: Callable[[ManifestEntry], IO[bytes]], entry: ManifestEntry, at: datetime
) -> None:
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with opened(entry) as origin, archive.open(_member(entry.path, at), "w", force_zip64=True) as copy:
            while chunk := origin.read(1024 * 1024):
                digest.update(chunk)
                size_bytes += copy.write(chunk)
    except OSError as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
            raise Unavailable("A file on record is missing: see what verification says of these books.") from error
        raise
    if (size_bytes, digest.hexdigest()) != (entry.size_bytes, entry.sha256):
        raise Unavailable("A file on record was changed: see what verification says of these books.")


def _member(name: str, at: datetime) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    member.external_attr = 0o600 << 16
    return member


def _put_in_place(made: Path, target: Path) -> None:
    made.chmod(0o600)
    try:
        os.link(made, target)
    except FileExistsError:
        raise Conflict("There is something of this name by now: choose another.", field="file") from None
    except OSError:
        # FAT and some network mounts know no hard links.
        if target.exists():
            raise Conflict("There is something of this name by now: choose another.", field="file") from None
        os.rename(made, target)
    sync_folder(target.parent)


def _read(path: Path, archive: zipfile.ZipFile, keys: Path, signed_by: str) -> Archived:
    members = {one.filename: one for one in archive.infolist()}
    if any(one.flag_bits & 1 or one.compress_type != zipfile.ZIP_STORED for one in members.values()):
        raise InvalidInput("This file is not one of Counterfoil's archives.", field="file")
    content = _small(archive, members, MANIFEST_FILE, MANIFEST_BYTES_MAX)
    try:
        manifest = ArchiveManifest.model_validate_json(content)
        signature = Signature.model_validate_json(_small(archive, members, SIGNATURE_FILE, SIGNATURE_BYTES_MAX))
    except ValidationError as error:
        raise InvalidInput("This file is not one of Counterfoil's archives.", field="file") from error
    trusted: Trusted = SigningKeys(keys, manifest.installation).trusted(signed_by)
    trusted.check(signature, purpose=SIGNED_AS, content=content, what="The archive's manifest", field="file")
    named = {entry.path: entry.size_bytes for entry in manifest.files}
    found = {name: one.file_size for name, one in members.items() if name not in (MANIFEST_FILE, SIGNATURE_FILE)}
    below = f"organizations/{manifest.organization.id}/"
    is_whole = len(members) == len(archive.infolist()) and len(named) == len(manifest.files) and found == named
    if not is_whole or books_path(manifest.organization.id) not in named:
        raise InvalidInput("The archive does not hold what its manifest names.", field="file")
    if not all(name.startswith(below) for name in named) or manifest.head.organization_id != manifest.organization.id:
        raise InvalidInput("The archive is not of one organization alone.", field="file")
    return Archived(path, manifest, hashlib.sha256(content).hexdigest(), signature.key_id)


def _small(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, bytes_max: int) -> bytes:
    member = members.get(name)
    if member is None or member.file_size > bytes_max:
        raise InvalidInput("This file is not one of Counterfoil's archives.", field="file")
    return archive.read(member)


def _record_of(organization: OrganizationRef) -> ArchivedOrganization:
    return ArchivedOrganization(
        id=organization.id,
        handle=organization.handle,
        name=organization.name,
        kind=organization.kind.value,
        environment=organization.environment.value,
        country=organization.country,
        currency=organization.currency,
        named_writes=organization.named_writes.value,
        human_approval=organization.human_approval.value,
        client_may=tuple(one for one in ClientMay if one in organization.client_may),
    )


def _number_of(number: Number) -> ArchivedNumber:
    return ArchivedNumber(
        series=number.series,
        period=number.period,
        sequence=number.sequence,
        first=number.first,
        kind=number.kind,
        pattern=number.pattern,
    )
