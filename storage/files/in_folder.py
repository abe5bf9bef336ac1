"""An organization's files in its folder of the data folder: written under a temporary name, synced, and renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from uuid import UUID, uuid4

from invoicing.refusals import Unavailable
from storage.faults.of_system import file_faults_told
from storage.files.buckets import BUCKET_FILE
from storage.files.kept import FileName, Room, StoredFile
from storage.files.naming import named_by_content, named_by_sum
from storage.plain_files import check_plain_folders, open_plain_file, sync_folder


def folder_among(organizations: Path, organization_id: str) -> Path:
    """An organization's folder; its name is the organization's UUID and never anybody's text."""
    return organizations / str(UUID(organization_id))


class FilesInFolders:
    """`storage.files.kept.AllFiles` in the folder of each organization below one folder."""

    beside_books = True

    def __init__(self, organizations: Path) -> None:
        self._organizations = organizations

    def of(self, organization_id: str) -> FilesInFolder:
        """Those of one organization."""
        return FilesInFolder(folder_among(self._organizations, organization_id))

    def take_over(self, organization_id: str, folder: Path) -> list[str]:
        """They come with the folder."""
        return []


class FilesInFolder:
    """`storage.files.kept.Files` below one folder. No link is followed, and no pipe waited for."""

    near_bytes = 256 * 1024

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def being_written(self, room: Room, suffix: str) -> Iterator[Path]:
        if os.path.lexists(self._root.parent.parent / BUCKET_FILE):
            raise Unavailable(
                "The files of this installation have moved to a bucket. Nothing was changed: the operator starts the"
                " server anew."
            )
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
        stored = named_by_content(written.parent.name, written.suffix, named, sha256, size_bytes, document_id)
        self._rename(written, stored.path)
        return stored

    def put_once(self, room: Room, content: bytes, named: FileName) -> StoredFile:
        stored = named_by_sum(room, named, hashlib.sha256(content).hexdigest(), len(content))
        if not self.exists(stored):
            with self.being_written(room, Path(stored.path).suffix) as written:
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
        return self.open_named(file.path, file.sha256, file.size_bytes)

    def open_named(self, path: str, sha256: str, size_bytes: int) -> BufferedReader | None:
        # What is open stays what it was: files are replaced, never written to.
        try:
            stream = open_plain_file(self._root / path)
        except OSError:
            return None
        try:
            whole = os.fstat(stream.fileno()).st_size == size_bytes
            if whole and hashlib.file_digest(stream, "sha256").hexdigest() == sha256:
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

    def put_named(self, path: str, content: bytes) -> None:
        with self.being_written(Room(Path(path).parent.name), Path(path).suffix) as written:
            written.write_bytes(content)
            _hash_and_sync(written)
            self._rename(written, path)

    def remove_all(self) -> None:
        """They lie with the books, and go with these."""

    def _rename(self, source: Path, path: str) -> None:
        target = self._root / path
        os.replace(source, target)
        sync_folder(target.parent)


def _hash_and_sync(path: Path) -> tuple[str, int]:
    with path.open("rb+") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
        return digest, stream.tell()
