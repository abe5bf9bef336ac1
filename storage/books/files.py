"""Files that were made for an organization: written whole, recorded with their hash, served as they are."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from uuid import uuid4

from sqlalchemy import bindparam
from sqlmodel import Session

from storage.books import tables
from storage.folder.provisioning import sync_folder
from storage.ids import new_id
from storage.plain_files import check_plain_folders, open_plain_file
from storage.sqlite.faults import file_faults_told
from storage.sqlite.statements import Kept, flat

_SAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on record. `path` is relative to the organization's folder and made by us."""

    id: str
    path: str
    file_name: str
    media_type: str
    sha256: str
    size_bytes: int
    format: str
    document_id: str


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file is called where it is downloaded, and what it is."""

    file_name: str
    media_type: str
    format: str


_FILES = Kept(tables.StoredFile, StoredFile, document_id=lambda of: of or "")
_AT_PATH = _FILES.all.where(_FILES.table.c.path == bindparam("path")).limit(1)
_OF_DOCUMENT = _FILES.all.where(
    _FILES.table.c.document_id == bindparam("document"), _FILES.table.c.format == bindparam("file_format")
)


def file_of_document(session: Session, document_id: str, file_format: str) -> StoredFile | None:
    """The file first rendered for a document in this format."""
    return next(iter(_FILES.find(session, _OF_DOCUMENT, document=document_id, file_format=file_format)), None)


def file_by_id(session: Session, file_id: str) -> StoredFile | None:
    return _FILES.get(session, file_id)


def is_on_record(session: Session, path: str) -> bool:
    """Whether a file of this path was recorded."""
    return bool(_FILES.find(session, _AT_PATH, path=path))


def all_files(session: Session) -> list[StoredFile]:
    return _FILES.find(session, _FILES.all.order_by(_FILES.table.c.id))


def record_file(session: Session, file: StoredFile, *, at: datetime) -> StoredFile:
    """Put a written file on record. The first one of a document and format stays; it is answered here."""
    if file.document_id:
        first = file_of_document(session, file.document_id, file.format)
        if first is not None:
            return first
    _FILES.add(session, **{**flat(file), "document_id": file.document_id or None, "created_at": at})
    return file


@contextmanager
def written_whole(root: Path, folder: str, suffix: str) -> Iterator[Path]:
    """Where a file is to be written before it is kept: under a name that says so, gone again at the end.

    Raises:
        StorageFault: there is no room, or the folder cannot be written to.
    """
    directory = root / folder
    temporary = directory / f".{uuid4().hex}{suffix}"
    with file_faults_told(directory):
        directory.mkdir(exist_ok=True)
        check_plain_folders(temporary)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)


def keep_whole(temporary: Path, root: Path, named: FileName, *, document_id: str = "") -> StoredFile:
    """Sync a file that was written, and give it its own name: the readable one, and its hash."""
    directory = temporary.parent
    sha256, size_bytes = _hash_and_sync(temporary)
    suffix = temporary.suffix
    name = f"{_SAFE.sub('-', Path(named.file_name).stem)[:80]}-{sha256[:12]}{suffix}"
    os.replace(temporary, directory / name)
    sync_folder(directory)
    return StoredFile(
        id=new_id("fil"),
        path=(directory / name).relative_to(root).as_posix(),
        file_name=named.file_name,
        media_type=named.media_type,
        sha256=sha256,
        size_bytes=size_bytes,
        format=named.format,
        document_id=document_id,
    )


def read_intact(root: Path, file: StoredFile) -> bytes | None:
    """The file's bytes, if they are those it was recorded with."""
    stream = open_intact(root, file)
    if stream is None:
        return None
    with stream:
        return stream.read()


def open_intact(root: Path, file: StoredFile) -> BufferedReader | None:
    """The file, open at its beginning, if its bytes are those it was recorded with. What is open stays what it was:
    files are replaced, never written to. A link is not followed, and a pipe not waited for.
    """
    try:
        stream = open_plain_file(root / file.path)
    except OSError:
        return None
    try:
        whole = os.fstat(stream.fileno()).st_size == file.size_bytes
        if whole and hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256:
            stream.seek(0)
            return stream
    except OSError:
        pass
    stream.close()
    return None


def is_intact(root: Path, file: StoredFile) -> bool:
    """Whether the file is there with the bytes it was recorded with."""
    stream = open_intact(root, file)
    if stream is None:
        return False
    stream.close()
    return True


def _hash_and_sync(path: Path) -> tuple[str, int]:
    with path.open("rb+") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
        return digest, stream.tell()
