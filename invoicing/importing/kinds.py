"""What is brought in as a file, and what can be said of one before it is read: how large it is, and how it begins."""

from __future__ import annotations

from enum import StrEnum

from invoicing.appearance.logo_files import LOGO_BYTES_MAX, check_is_picture
from invoicing.importing.recognizing import check_may_be_table
from invoicing.importing.tables import FILE_BYTES_MAX
from invoicing.refusals import InvalidInput, LimitExceeded

BEGINNING_BYTES = 512
"""So much of a file says what kind of file it is."""
FILE_NAME_CHARACTERS_MAX = 200


class ImportKind(StrEnum):
    CUSTOMERS = "customers"
    ITEMS = "items"
    OPEN_ITEMS = "open_items"
    SERIES = "series"
    LOGO = "logo"


def bytes_max(kind: ImportKind) -> int:
    """How large a file of this kind is at most."""
    return LOGO_BYTES_MAX if kind is ImportKind.LOGO else FILE_BYTES_MAX


def check_size(kind: ImportKind, size_bytes: int) -> None:
    """Bound how large a file is.

    Raises:
        LimitExceeded: larger than `bytes_max`.
    """
    limit = bytes_max(kind)
    if size_bytes > limit:
        most = f"{limit // 1024} KiB" if limit < 1024**2 else f"{limit // 1024**2} MiB"
        advice = "make the picture smaller" if kind is ImportKind.LOGO else "split it up"
        raise LimitExceeded(f"The file has more than {most}: {advice}.", field="file")


def check_beginning(kind: ImportKind, beginning: bytes) -> None:
    """Refuse what cannot be a file of this kind, by its first `BEGINNING_BYTES`: whoever chose it can choose again.

    Raises:
        InvalidInput: it is empty, or another kind of file.
    """
    if not beginning.strip():
        raise InvalidInput("The file is empty.", field="file")
    if kind is ImportKind.LOGO:
        check_is_picture(beginning)
    else:
        check_may_be_table(beginning)


def file_name_of(given: str) -> str:
    """The name of a file as text that does a terminal no harm, without the folders that lead to it."""
    name = given.encode("utf-8", "replace").decode().replace("\\", "/").rpartition("/")[2].strip()
    return "".join(character if character.isprintable() else "?" for character in name)[:FILE_NAME_CHARACTERS_MAX]
