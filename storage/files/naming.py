"""How files are called where they are kept: by us, with what they are in it, and never by anybody's text alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from storage.files.kept import FileName, Room, StoredFile
from storage.ids import new_id

_SAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


def named_by_content(
    room: str, suffix: str, named: FileName, sha256: str, size_bytes: int, document_id: str
) -> StoredFile:
    """A file of a name of its own, with the beginning of its sum."""
    readable = _SAFE.sub("-", Path(named.file_name).stem)[:80]
    return _stored(f"{room}/{readable}-{sha256[:12]}{suffix}", named, sha256, size_bytes, document_id)


def named_by_sum(room: Room, named: FileName, sha256: str, size_bytes: int) -> StoredFile:
    """A file whose name is its sum: the same bytes have one name."""
    suffix = Path(named.file_name).suffix
    shown = replace(named, file_name=f"{named.format}-{sha256[:12]}{suffix}")
    return _stored(f"{room}/{sha256}{suffix}", shown, sha256, size_bytes, "")


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
