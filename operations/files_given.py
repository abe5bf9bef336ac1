"""A file that somebody gave to be imported, wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file by its name. `content` reads its bytes, which may take long, and refuses one that is not there (any more);
    `upload_id` is that of its page, empty where it came by none.
    """

    file_name: str
    content: Callable[[], bytes]
    upload_id: str = ""
