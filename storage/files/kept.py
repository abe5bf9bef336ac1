"""What a place that keeps an organization's files can do, wherever it keeps them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol


class Room(StrEnum):
    """What kind of files lie together."""

    DOCUMENTS = "documents"
    EXPORTS = "exports"
    BRANDING = "branding"
    UPLOADS = "uploads"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on record. `path` is its name in the place that keeps it, made by us; its bytes never change."""

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


class Files(Protocol):
    """The files of one organization. Each is put whole or not at all, and handed out only with the bytes that were put.

    All of it may take long: it is called in a worker (`Books.use_files`), never in a transaction that writes. Only what
    is read of files of at most `near_bytes` takes less than handing it to a thread; less than 0 where nothing does.
    """

    near_bytes: int

    def being_written(self, room: Room, suffix: str) -> AbstractContextManager[Path]:
        """A file on this machine to write to, gone again at the end.

        Raises:
            StorageFault: there is no room, or nothing can be written.
        """
        ...

    def put(self, written: Path, named: FileName, *, document_id: str = "") -> StoredFile:
        """Keep what was `being_written`, from now on under a name of its own."""
        ...

    def put_once(self, room: Room, content: bytes, named: FileName) -> StoredFile:
        """Keep these bytes under the name of their hash; what is there already is not written again.

        Raises:
            StorageFault: there is no room, or nothing can be written.
        """
        ...

    def put_in_place_of(self, old: StoredFile, new: StoredFile) -> None:
        """Keep the bytes of `new`, which are those of `old`, under its name alone."""
        ...

    def open(self, file: StoredFile) -> BinaryIO | None:
        """The file at its beginning, if its bytes are those that were put; None where it is missing or damaged."""
        ...

    def open_named(self, path: str, sha256: str, size_bytes: int) -> BinaryIO | None:
        """The same, of the file of this name."""
        ...

    def read_named(self, path: str, sha256: str) -> bytes | None:
        """The bytes of the file of this name, if they have this hash."""
        ...

    def exists(self, file: StoredFile) -> bool:
        """Whether the file is there with the bytes that were put."""
        ...

    def link(self, file: StoredFile) -> str:
        """Where a program on this machine finds the file."""
        ...

    def remove(self, file: StoredFile) -> bool:
        """Remove the file; whether it was there."""
        ...

    def put_named(self, path: str, content: bytes) -> None:
        """Keep these bytes under the name that they have elsewhere.

        Raises:
            StorageFault: there is no room, or nothing can be written.
        """
        ...

    def remove_all(self) -> None:
        """Remove all files of the organization, which is gone."""
        ...


class AllFiles(Protocol):
    """The files of all organizations of an installation. `beside_books`: they lie in the folders of the books, come
    with these and go with these.
    """

    beside_books: bool

    def of(self, organization_id: str) -> Files:
        """Those of one organization."""
        ...

    def take_over(self, organization_id: str, folder: Path) -> list[str]:
        """Keep the files that lie in a folder as in an organization's, and answer which of them are damaged: these stay
        where they are.
        """
        ...


def read(files: Files, file: StoredFile) -> bytes | None:
    """The file's bytes, if they are those that were put."""
    stream = files.open(file)
    if stream is None:
        return None
    with stream:
        return stream.read()
