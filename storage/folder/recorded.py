"""Files on record, opened for whoever copies them, wherever an installation keeps them."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

from storage.files.kept import AllFiles
from storage.folder.manifest import ManifestEntry
from storage.plain_files import open_plain_file


def open_recorded(root: Path, files: AllFiles | None, recorded: ManifestEntry) -> IO[bytes]:
    """A file on record, wherever the installation's files are.

    Raises:
        OSError: it is missing, or cannot be read; where it is in a bucket, also if its bytes are others.
    """
    if files is None or files.beside_books:
        return open_plain_file(root / recorded.path)
    _, organization_id, name = recorded.path.split("/", 2)
    found = files.of(organization_id).open_named(name, recorded.sha256, recorded.size_bytes)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, "not in the bucket, or not as it was put", recorded.path)
    return found
