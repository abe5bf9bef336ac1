"""What a backup says of itself: `manifest.json`, with every file of the backup, its size and its SHA-256 sum."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from invoicing.refusals import InvalidInput
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.database import DIRECTORY_FILE
from storage.plain_files import open_plain_file

FORMAT: Final = "counterfoil-backup-1"
MANIFEST_FILE = "manifest.json"
MANIFEST_BYTES_MAX = 512 * 1024 * 1024

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Every name ends in a letter or digit, which shuts out "." and "..".
_NAME = "[A-Za-z0-9._-]{0,120}[A-Za-z0-9]"
_BOOKS = f"{ORGANIZATIONS_FOLDER}/{_UUID}/{BOOKS_FILE}".replace(".", "[.]")
_FILES = f"{ORGANIZATIONS_FOLDER}/{_UUID}/(documents|exports|branding)/{_NAME}"
_PATH = f"^({DIRECTORY_FILE.replace('.', '[.]')}|{_BOOKS}|{_FILES})$"

RelativePath = Annotated[str, Field(pattern=_PATH)]
"""A file's place in the data folder and in its backup. There are no others, so none leads out of the folder."""


class ManifestEntry(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    path: RelativePath
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SchemaVersions(BaseModel):
    """The newest schema version among the directory and among the books of the backup."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    directory: int
    books: int


class Manifest(BaseModel):
    """The whole backup. `damaged` are files on record that were missing or had other bytes when it was made."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    format: Literal["counterfoil-backup-1"] = FORMAT
    created_at: AwareDatetime
    schema_versions: SchemaVersions
    files: tuple[ManifestEntry, ...]
    damaged: tuple[RelativePath, ...]

    def entry(self, path: str) -> ManifestEntry | None:
        """The entry of this path."""
        return next((entry for entry in self.files if entry.path == path), None)


def manifest_text(manifest: Manifest) -> str:
    """The text of the manifest's file."""
    return manifest.model_dump_json(indent=1) + "\n"


def read_manifest(backup: Path) -> tuple[Manifest, str]:
    """The manifest of a backup, and its own SHA-256 sum.

    Raises:
        InvalidInput: there is none, or it is not one of ours.
    """
    path = backup / MANIFEST_FILE
    try:
        with open_plain_file(path) as stream:
            content = stream.read(MANIFEST_BYTES_MAX + 1)
    except OSError:
        raise InvalidInput(f"This folder is not a backup: it holds no {MANIFEST_FILE}.", field="backup") from None
    if len(content) > MANIFEST_BYTES_MAX:
        raise InvalidInput(f"{MANIFEST_FILE} is too large to be one of Counterfoil's.", field="backup")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise InvalidInput(f"{MANIFEST_FILE} is not that of a Counterfoil backup.", field="backup") from error
    if any(times > 1 for times in Counter(entry.path for entry in manifest.files).values()):
        raise InvalidInput(f"{MANIFEST_FILE} names a file twice.", field="backup")
    return manifest, hashlib.sha256(content).hexdigest()


def is_our_path(path: str) -> bool:
    """Whether a file of a data folder can have this relative path."""
    try:
        ManifestEntry(path=path, size_bytes=0, sha256="0" * 64)
    except ValidationError:
        return False
    return True
