"""Export as an archive: a ZIP of the documents' PDFs with `manifest.json` and `SHA256SUMS`.

Whoever has unpacked it checks it with `sha256sum -c SHA256SUMS`. The manifest names the document of each file. The
same files give the same archive, byte for byte: no clock, no permissions and no compression library takes part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from invoicing.document.canonical import canonical_json

FORMAT = "counterfoil-archive-1"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
STEM_LENGTH_MAX = 100

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PIECE_BYTES = 1024 * 1024
_PERMISSIONS = 0o644 << 16
_CREATED_ON_UNIX = 3
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# Windows opens a device instead of a file of one of these names, whatever its suffix.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE | re.ASCII)


class Archive:
    """An archive that is being written, a file at a time."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._names = _Names()
        self._entries: list[dict[str, object]] = []
        self._sums: list[str] = []

    def add(self, number: str, content: bytes, sha256: str) -> None:
        """Add the PDF of the document of this number; `sha256` is what its content was found to have."""
        name = self._names.choose(number)
        _add(self._archive, name, content)
        self._entries.append({"number": number, "name": name, "bytes": len(content), "sha256": sha256})
        self._sums.append(f"{sha256}  {name}\n")

    def add_file(self, name: str, path: Path) -> None:
        """Add what is no PDF of a document, under a name of its own, a piece at a time."""
        with path.open("rb") as source:
            self.add_stream(name, source)

    def add_stream(self, name: str, source: BinaryIO) -> None:
        """Add what is read from here on, as `add_file` does; the name may be in a folder."""
        digest = hashlib.sha256()
        with self._archive.open(_entry(name), "w") as target:
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                target.write(piece)
        self._sums.append(f"{digest.hexdigest()}  {name}\n")

    def end(self, manifest_extra: Mapping[str, object]) -> None:
        """Add the manifest and the sums.

        `manifest_extra` is put into the manifest beside `format` and `files`, which it cannot replace: values that
        canonical JSON knows.
        """
        manifest = {**manifest_extra, "format": FORMAT, "files": self._entries}
        content = (canonical_json(manifest) + "\n").encode()
        _add(self._archive, MANIFEST, content)
        self._sums.append(f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n")
        _add(self._archive, SUMS, "".join(self._sums).encode())


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """An archive to write to `path`; whoever writes it ends it."""
    with ZipFile(path, "w", compression=ZIP_STORED) as archive:
        yield Archive(archive)


class _Names:
    """File names made of document numbers: safe on every system, and no two alike where case does not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def choose(self, number: str) -> str:
        """The name for the next document of this number."""
        stem = _safe_stem(number)
        candidate = stem
        while candidate.lower() in self._taken:
            self._counts[stem.lower()] = self._counts.get(stem.lower(), 1) + 1
            candidate = f"{stem}-{self._counts[stem.lower()]}"
        self._taken.add(candidate.lower())
        return f"{candidate}.pdf"


def _safe_stem(number: str) -> str:
    # A leading point hides a file or climbs to a folder, and a leading hyphen reads as an option of a command.
    stem = _UNSAFE.sub("-", number).lstrip(".-").rstrip(".")[:STEM_LENGTH_MAX]
    return f"document-{stem}".rstrip("-") if not stem or _DEVICES.match(stem) else stem


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_entry(name), content)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = ZIP_STORED
    entry.external_attr = _PERMISSIONS
    entry.create_system = _CREATED_ON_UNIX
    return entry
