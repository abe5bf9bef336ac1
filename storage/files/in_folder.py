"""An organization's files in its folder of the data folder: written under a temporary name, synced, and renamed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from uuid import UUID, uuid4

from storage.files.kept import FileName, Room, StoredFile
from storage.ids import new_id
from storage.plain_files import check_plain_folders, open_plain_file, sync_folder
from storage.sqlite.faults import file_faults_told

_SAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


def folder_among(organizations: Path, organization_id: str) -> Path:
    """An organization's folder; its name is the organization's UUID and never anybody's text."""
    return organizations / str(UUID(organization_id))


class FilesInFolder:
    """`storage.files.kept.Files` below one folder. No link is followed, and no pipe waited for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def being_written(self, room: Room, suffix: str) -> Iterator[Path]:
        directory = self._root / room
        temporary = directory / f".{uuid4().hex}{suffix}"
        with file_faults_told(directory):
            directory.mkdir(exist_ok=True)
            check_plain_folders(temporary)
            try:
                yield temporary
            finally:
                temporary.unlink(missing_ok=True)

    def put(self, written: Path, named: FileName, *, document_id: str = "") -> StoredFile:
        sha256, size_bytes = _hash_and_sync(written)
        readable = _SAFE.sub("-", Path(named.file_name).stem)[:80]
        path = f"{written.parent.name}/{readable}-{sha256[:12]}{written.suffix}"
        self._rename(written, path)
        return _stored(path, named, sha256, size_bytes, document_id)

    def put_once(self, room: Room, content: bytes, named: FileName) -> StoredFile:
        sha256, suffix = hashlib.sha256(content).hexdigest(), Path(named.file_name).suffix
        shown = replace(named, file_name=f"{named.format}-{sha256[:12]}{suffix}")
        stored = _stored(f"{room}/{sha256}{suffix}", shown, sha256, len(content), "")
        if not self.exists(stored):
            with self.being_written(room, suffix) as written:
                check_plain_folders(self._root / stored.path)
                written.write_bytes(content)
                _hash_and_sync(written)
                self._rename(written, stored.path)
        return stored

    def put_in_place_of(self, old: StoredFile, new: StoredFile) -> None:
        source = self._root / new.path
        # Whoever made the same at the same time may have been first.
        if old.path != new.path and (source.is_file() or not self.exists(old)):
            self._rename(source, old.path)

    def open(self, file: StoredFile) -> BufferedReader | None:
        # What is open stays what it was: files are replaced, never written to.
        try:
            stream = open_plain_file(self._root / file.path)
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

    def read_named(self, path: str, sha256: str) -> bytes | None:
        try:
            with open_plain_file(self._root / path) as stream:
                content = stream.read()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def exists(self, file: StoredFile) -> bool:
        stream = self.open(file)
        if stream is None:
            return False
        stream.close()
        return True

    def link(self, file: StoredFile) -> str:
        return str(self._root / file.path)

    def remove(self, file: StoredFile) -> bool:
        path = self._root / file.path
        if not path.is_file():
            return False
        path.unlink()
        return True

    def _rename(self, source: Path, path: str) -> None:
        target = self._root / path
        os.replace(source, target)
        sync_folder(target.parent)


def _stored(path: str, named: FileName, sha256: str, size_bytes: int, document_id: str) -> StoredFile:
    return StoredFile(
        id=new_id("fil"),
        path=path,
        file_name=named.file_name,
        media_type=named.media_type,
        sha256=sha256,
        size_bytes=size_bytes,
        format=named.format,
        document_id=document_id,
    )


def _hash_and_sync(path: Path) -> tuple[str, int]:
    with path.open("rb+") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
        return digest, stream.tell()
