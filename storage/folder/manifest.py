"""What a backup says of itself: `manifest.json`, with every file of the backup, its size and its SHA-256 sum, and where
the chains of each organization's books end. `signature.json` beside it is the installation's signature of that file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from invoicing.refusals import InvalidInput
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.database import DIRECTORY_FILE
from storage.folder.heads import Head
from storage.folder.signing import Signature, SigningKeys
from storage.plain_files import open_plain_file

FORMAT: Final = "counterfoil-backup-2"
MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "signature.json"
SIGNED_AS = "manifest of a backup"
MANIFEST_BYTES_MAX = 512 * 1024 * 1024
SIGNATURE_BYTES_MAX = 4096

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
    """The whole backup, of the installation of this name. `damaged` are files on record that were missing or had other
    bytes when it was made; `heads` are those of books that were of this program's schema version then.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    format: Literal["counterfoil-backup-2"] = FORMAT
    installation: Annotated[str, Field(pattern="^([0-9a-f]{16})?$")]
    created_at: AwareDatetime
    schema_versions: SchemaVersions
    heads: tuple[Head, ...]
    files: tuple[ManifestEntry, ...]
    damaged: tuple[RelativePath, ...]

    def entry(self, path: str) -> ManifestEntry | None:
        """The entry of this path."""
        return next((entry for entry in self.files if entry.path == path), None)


def write_manifest(folder: Path, manifest: Manifest, keys: SigningKeys, *, now: datetime) -> str:
    """Write the manifest and its signature, and answer the manifest's own SHA-256 sum."""
    content = (manifest.model_dump_json(indent=1) + "\n").encode()
    signature = keys.sign(content, purpose=SIGNED_AS, now=now)
    (folder / MANIFEST_FILE).write_bytes(content)
    (folder / SIGNATURE_FILE).write_text(signature.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return hashlib.sha256(content).hexdigest()


def read_manifest(backup: Path, *, keys: Path, signed_by: str = "") -> tuple[Manifest, str]:
    """The manifest of a backup, and its own SHA-256 sum. It is signed by the installation that it names, a key of
    which lies in the folder `keys`, or else by the key whose name is `signed_by`.

    Raises:
        InvalidInput: there is none, it is not one of ours, or nobody who counts has signed it.
    """
    content = _content_of(backup, MANIFEST_FILE, MANIFEST_BYTES_MAX)
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise InvalidInput(f"{MANIFEST_FILE} is not that of a Counterfoil backup.", field="backup") from error
    try:
        signature = Signature.model_validate_json(_content_of(backup, SIGNATURE_FILE, SIGNATURE_BYTES_MAX))
    except ValidationError as error:
        raise InvalidInput(f"{SIGNATURE_FILE} is not the signature of a Counterfoil backup.", field="backup") from error
    trusted = SigningKeys(keys, manifest.installation).trusted(signed_by)
    trusted.check(signature, purpose=SIGNED_AS, content=content, what=MANIFEST_FILE, field="backup")
    if any(times > 1 for times in Counter(entry.path for entry in manifest.files).values()):
        raise InvalidInput(f"{MANIFEST_FILE} names a file twice.", field="backup")
    return manifest, hashlib.sha256(content).hexdigest()


def _content_of(backup: Path, name: str, bytes_max: int) -> bytes:
    try:
        with open_plain_file(backup / name) as stream:
            content = stream.read(bytes_max + 1)
    except OSError:
        raise InvalidInput(f"This folder is not a backup: it holds no {name}.", field="backup") from None
    if len(content) > bytes_max:
        raise InvalidInput(f"{name} is too large to be one of Counterfoil's.", field="backup")
    return content


def is_our_path(path: str) -> bool:
    """Whether a file of a data folder can have this relative path."""
    try:
        ManifestEntry(path=path, size_bytes=0, sha256="0" * 64)
    except ValidationError:
        return False
    return True
