"""Export as an archive: a ZIP of the documents' PDFs with `manifest.json` and `SHA256SUMS`.

Whoever has unpacked it checks it with `sha256sum -c SHA256SUMS`. The manifest names the document of each file. The
same files give the same archive, byte for byte: no clock, no permissions and no compression library takes part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from invoicing.document.canonical import canonical_json
from invoicing.progress import Tally

FORMAT = "counterfoil-archive-1"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
STEM_LENGTH_MAX = 100

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PERMISSIONS = 0o644 << 16
_CREATED_ON_UNIX = 3
_CHUNK_BYTES = 1 << 20
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# Windows opens a device instead of a file of one of these names, whatever its suffix.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE | re.ASCII)

Source = Callable[[], IO[bytes]] | bytes
"""What opens a file at its beginning, or its content."""


def write_archive(
    path: Path,
    files: Iterable[tuple[str, Source]],
    *,
    manifest_extra: Mapping[str, object] | None = None,
    progress: Tally | None = None,
) -> None:
    """Write the PDFs, each given with its document's number, to `path`.

    `manifest_extra` is put into the manifest beside `format` and `files`, which it cannot replace: values that
    canonical JSON knows.
    """
    names = _Names()
    entries: list[dict[str, object]] = []
    sums: list[str] = []
    with ZipFile(path, "w", compression=ZIP_STORED) as archive:
        for position, (number, source) in enumerate(files, start=1):
            name = names.choose(number)
            size_bytes, digest = _add(archive, name, source)
            entries.append({"number": number, "name": name, "bytes": size_bytes, "sha256": digest})
            sums.append(f"{digest}  {name}\n")
            if progress is not None:
                progress(position)
        manifest = {**(manifest_extra or {}), "format": FORMAT, "files": entries}
        _, digest = _add(archive, MANIFEST, (canonical_json(manifest) + "\n").encode())
        sums.append(f"{digest}  {MANIFEST}\n")
        _add(archive, SUMS, "".join(sums).encode())


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


def _add(archive: ZipFile, name: str, source: Source) -> tuple[int, str]:
    """Store one file; answers its size in bytes and its SHA-256."""
    entry = ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = ZIP_STORED
    entry.external_attr = _PERMISSIONS
    entry.create_system = _CREATED_ON_UNIX
    with _opened(source) as content:
        # The size is known beforehand, so that the entry gets the wide header only where it needs it.
        entry.file_size = content.seek(0, SEEK_END)
        content.seek(0)
        digest = hashlib.sha256()
        with archive.open(entry, "w") as target:
            while chunk := content.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
    return entry.file_size, digest.hexdigest()


def _opened(source: Source) -> IO[bytes]:
    return BytesIO(source) if isinstance(source, bytes) else source()
