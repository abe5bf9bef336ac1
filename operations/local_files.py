"""Files that a client on the same machine has: those below the folder that was named at the start, and no others."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from invoicing.importing.kinds import ImportKind, bytes_max, check_beginning, check_size, file_name_of
from invoicing.refusals import NotAllowed, NotFound
from invoicing.remedies import Act
from operations.access import Office
from storage.books.pool import Books
from storage.plain_files import open_plain_below

PATH_CHARACTERS_MAX = 1_000


async def read_local_file(office: Office, books: Books, kind: ImportKind, given: str) -> tuple[str, bytes]:
    """The name and the bytes of the file at this path below the folder that was named.

    Raises:
        NotAllowed: no folder was named.
        NotFound: there is no such file in it; one outside answers alike, and so does what is no plain file.
        LimitExceeded, InvalidInput: too large, or another kind of file.
    """
    folder = office.files_folder
    if folder is None:
        raise NotAllowed(
            "Files are taken from a folder that was named at the start, and none was.",
            field="file",
            remedy=Act.NAME_FILES_FOLDER,
        )
    content = await books.use_files(_read, folder, given, bytes_max(kind) + 1)
    if content is None:
        raise NotFound(
            "There is no such file in the folder that was named at the start: give its path below that folder. Links"
            " are not followed.",
            field="file",
        )
    check_size(kind, len(content))
    check_beginning(kind, content)
    return file_name_of(given), content


def _read(folder: Path, given: str, limit: int) -> bytes | None:
    try:
        with open_plain_below(folder, _names(folder, given)) as stream:
            return stream.read(limit)
    except (OSError, ValueError):
        return None


def _names(folder: Path, given: str) -> tuple[str, ...]:
    """The names that lead from the folder to the file.

    Raises:
        ValueError: it does not lie below the folder.
    """
    if len(given) > PATH_CHARACTERS_MAX:
        raise ValueError("no path of a file")
    path = Path(given)
    if path.is_absolute():
        path = path.relative_to(folder)
    if PureWindowsPath(path).drive:
        raise ValueError("another drive, or a stream of a file")
    return path.parts
