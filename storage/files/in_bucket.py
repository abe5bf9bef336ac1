"""An organization's files as objects of a bucket that all processes of an installation reach, on whatever machine.

Names and guards are those of the folder: an object's name is made by us and has what it holds in it, its bytes are
compared with the sum on record whenever they are read, and what is there with its true bytes is never written over.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Self
from uuid import UUID, uuid4

from invoicing.refusals import Unavailable
from storage.faults.errors import told
from storage.faults.kinds import Fault
from storage.faults.of_system import file_faults_told
from storage.files.buckets import BUCKET_FILE
from storage.files.kept import FileName, Room, StoredFile
from storage.files.naming import named_by_content, named_by_sum
from storage.files.objects import PIECE_BYTES, Objects
from storage.plain_files import (
    UNFINISHED_PREFIX,
    check_plain_folders,
    is_plain_file,
    open_plain_file,
    plain_names,
    remove_plainly,
    sync_folder,
)

_NAME = re.compile(rf"({'|'.join(Room)})/[A-Za-z0-9._-]{{0,120}}[A-Za-z0-9]", re.ASCII)
_ORGANIZATIONS = "organizations"
_SUM_IN_NAME = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """What was put into the bucket, or fetched from it, and by their names in the organization's folder the damaged
    files that were not.
    """

    @classmethod
    def of(cls, sizes: Iterable[tuple[str, int | None]]) -> Self:
        """Of files by their names, each with its size or with None where it is damaged."""
        known = list(sizes)
        whole = [size for _, size in known if size is not None]
        return cls(len(whole), sum(whole), tuple(path for path, size in known if size is None))

    files: int
    size_bytes: int
    damaged: tuple[str, ...]


class FilesInBucket:
    """`storage.files.kept.AllFiles` in a bucket; what is being written lies in the data folder `root` meanwhile."""

    beside_books = False

    def __init__(self, objects: Objects, root: Path) -> None:
        self._objects = objects
        self._root = root

    def of(self, organization_id: str) -> ObjectsOfOne:
        """Those of one organization."""
        return ObjectsOfOne(self._objects, self._root, organization_id)

    def take_over(self, organization_id: str, folder: Path) -> list[str]:
        damaged = self.send(organization_id, folder).damaged
        if not damaged:
            for room in Room:
                remove_plainly(folder / room)
        return list(damaged)

    def send(self, organization_id: str, folder: Path) -> Sent:
        """Put the files of an organization's folder into the bucket; the folder stays as it is."""
        there = self.of(organization_id)
        return Sent.of((path, there.take_over(path, folder / path)) for path in files_in(folder))

    def fetch(self, organization_id: str, folder: Path) -> Sent:
        """Put what the bucket has of an organization into its folder; the bucket stays as it is."""
        there = self.of(organization_id)
        return Sent.of((path, there.fetch(path, folder / path)) for path in there.names())


class ObjectsOfOne:
    """`storage.files.kept.Files` below the organization's folder of the bucket."""

    near_bytes = -1

    def __init__(self, objects: Objects, root: Path, organization_id: str) -> None:
        self._objects = objects
        self._root = root
        self._below = f"{_ORGANIZATIONS}/{UUID(organization_id)}"

    @contextmanager
    def being_written(self, room: Room, suffix: str) -> Iterator[Path]:
        self._check_in_use()
        # Its name is one of those that only unfinished things have: what an interruption leaves is found and removed.
        folder = self._root / f"{UNFINISHED_PREFIX}{room}-{uuid4().hex}"
        with file_faults_told(self._root):
            folder.mkdir(mode=0o700)
            try:
                yield folder / f"file{suffix}"
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def put(self, written: Path, named: FileName, *, document_id: str = "") -> StoredFile:
        self._check_in_use()
        sha256, size_bytes = self._sum_of(written)
        room = written.parent.name.removeprefix(UNFINISHED_PREFIX).partition("-")[0]
        stored = named_by_content(room, written.suffix, named, sha256, size_bytes, document_id)
        self._put_file(stored.path, written, sha256, size_bytes)
        return stored

    def take_over(self, path: str, file: Path) -> int | None:
        """Put a file of the folder under the name that it has there, and answer its size; None where it is damaged: its
        bytes are not those that its name is of.
        """
        sha256, size_bytes = self._sum_of(file)
        if _NAME.fullmatch(path) is None or not _is_named_by(sha256, path):
            return None
        self._put_file(path, file, sha256, size_bytes)
        return size_bytes

    def names(self) -> Iterator[str]:
        """The names of all that is there."""
        for names in self._objects.below(self._below):
            for name in names:
                path = name.removeprefix(f"{self._below}/")
                if _NAME.fullmatch(path):
                    yield path

    def fetch(self, path: str, file: Path) -> int | None:
        """Put an object into a folder under the name that it has here, unless it is there, and answer its size; None
        where it is damaged.
        """
        if is_plain_file(file):
            sha256, size_bytes = self._sum_of(file)
            if _is_named_by(sha256, path):
                return size_bytes
        unfinished = file.with_name(f".{uuid4().hex}{file.suffix}")
        with file_faults_told(file):
            check_plain_folders(file.parent)
            file.parent.mkdir(exist_ok=True)
            check_plain_folders(unfinished)
            try:
                with unfinished.open("xb") as stream:
                    stream.writelines(self._pieces(path) or ())
                    stream.flush()
                    os.fsync(stream.fileno())
                sha256, size_bytes = self._sum_of(unfinished)
                if not _is_named_by(sha256, path):
                    return None
                os.replace(unfinished, file)
                sync_folder(file.parent)
            finally:
                unfinished.unlink(missing_ok=True)
        return size_bytes

    def put_once(self, room: Room, content: bytes, named: FileName) -> StoredFile:
        self._check_in_use()
        stored = named_by_sum(room, named, hashlib.sha256(content).hexdigest(), len(content))
        self._put(stored.path, content, stored.sha256)
        return stored

    def put_named(self, path: str, content: bytes) -> None:
        self._check_in_use()
        self._put(path, content, hashlib.sha256(content).hexdigest())

    def put_in_place_of(self, old: StoredFile, new: StoredFile) -> None:
        if old.path == new.path:
            return
        if not self.exists(old):
            self._objects.copy(self._name(new.path), self._name(old.path))
        self._objects.remove(self._name(new.path))

    def open(self, file: StoredFile) -> BinaryIO | None:
        return self.open_named(file.path, file.sha256, file.size_bytes)

    def open_named(self, path: str, sha256: str, size_bytes: int) -> BinaryIO | None:
        # Nobody is given a byte before all of them were compared.
        pieces = self._pieces(path, size_bytes)
        if pieces is None:
            return None
        with file_faults_told(self._root):
            kept: BinaryIO = BytesIO() if size_bytes <= PIECE_BYTES else TemporaryFile(dir=self._root)  # noqa: SIM115
            digest = hashlib.sha256()
            try:
                for piece in pieces:
                    digest.update(piece)
                    kept.write(piece)
            except BaseException:
                kept.close()
                raise
        if digest.hexdigest() != sha256:
            kept.close()
            return None
        kept.seek(0)
        return kept

    def read_named(self, path: str, sha256: str) -> bytes | None:
        pieces = self._pieces(path)
        if pieces is None:
            return None
        content = b"".join(pieces)
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def exists(self, file: StoredFile) -> bool:
        return self._sum(file.path, file.size_bytes) == file.sha256

    def link(self, file: StoredFile) -> str:
        return self._where(file.path)

    def remove(self, file: StoredFile) -> bool:
        name = self._name(file.path)
        if self._objects.find(name) is None:
            return False
        self._objects.remove(name)
        return True

    def remove_all(self) -> None:
        for names in self._objects.below(self._below):
            self._objects.remove(*names)

    def _check_in_use(self) -> None:
        if not os.path.lexists(self._root / BUCKET_FILE):
            raise Unavailable(
                "The files of this installation are not in their bucket any more. Nothing was changed: the operator"
                " starts the server anew."
            )

    def _sum_of(self, file: Path) -> tuple[str, int]:
        with file_faults_told(self._root), open_plain_file(file) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()

    def _put_file(self, path: str, file: Path, sha256: str, size_bytes: int) -> None:
        if size_bytes <= PIECE_BYTES:
            self._put(path, file.read_bytes(), sha256)
        elif self._sum(path, size_bytes) != sha256:
            # Parts cannot be put on a condition. Of this name there are no other bytes but damaged ones.
            self._check_free(path, sha256)
            self._objects.upload(self._name(path), file)

    def _put(self, path: str, content: bytes, sha256: str) -> None:
        """Put the object where there is none. One that is there with these bytes is the one: whoever did not hear that
        it was put has put it again. One whose bytes are not those of its name is damaged, and mended.
        """
        name = self._name(path)
        if self._objects.create(name, content):
            return
        found = self._objects.find(name)
        if self._sum(path) == sha256:
            return
        self._check_free(path, sha256)
        put = self._objects.create(name, content) if found is None else self._objects.replace(name, content, found)
        if not put and self._sum(path) != sha256:
            raise told(f"{self._where(path)}: somebody else writes to it", Fault.FILES_UNREACHABLE)

    def _check_free(self, path: str, sha256: str) -> None:
        """Make sure that what has this name, where something has it, is damaged: what is whole is not written over."""
        held = self._sum(path)
        if held and held != sha256 and _is_named_by(held, path):
            raise told(f"{self._where(path)}: something else has its name", Fault.FILES_REFUSED)

    def _where(self, path: str) -> str:
        return f"{self._objects.bucket}/{self._below}/{path}"

    def _sum(self, path: str, size_bytes: int | None = None) -> str:
        pieces = self._pieces(path, size_bytes)
        if pieces is None:
            return ""
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest()

    def _pieces(self, path: str, size_bytes: int | None = None) -> Iterator[bytes] | None:
        if _NAME.fullmatch(path) is None:
            return None
        return self._objects.read(f"{self._below}/{path}", size_bytes=size_bytes)

    def _name(self, path: str) -> str:
        if _NAME.fullmatch(path) is None:
            raise ValueError("no name of a file of ours")
        return f"{self._below}/{path}"


def _is_named_by(sha256: str, path: str) -> bool:
    """Whether bytes of this sum are those that the name of a file was made of."""
    return sha256[:_SUM_IN_NAME] in Path(path).stem


def files_in(folder: Path) -> Iterator[str]:
    """The files by their names in an organization's folder; what is unfinished begins with a dot, and is none."""
    for room in Room:
        for one in plain_names(folder / room):
            if is_plain_file(one) and not one.name.startswith("."):
                yield f"{room}/{one.name}"
