"""What a database file of ours can be."""

from __future__ import annotations

from enum import Enum


class FileKind(Enum):
    """What a database file is, as its `application_id` says (the letters CFDR and CFBK)."""

    DIRECTORY = 0x43464452
    BOOKS = 0x4346424B
