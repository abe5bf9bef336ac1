"""Files that a client on the same machine has: those below the folder that was named at the start, and no others."""

from __future__ import annotations

from functools import partial
from pathlib import Path, PureWindowsPath

from invoicing.importing.kinds import ImportKind, bytes_max, check_beginning, check_size, file_name_of
from invoicing.refusals import NotAllowed, NotFound
from invoicing.remedies import Act
from operations.access import Office
from operations.files_given import FileGiven
from storage.plain_files import open_plain_below

PATH_CHARACTERS_MAX = 1_000


def local_file(office: Office, kind: ImportKind, given: str) -> FileGiven:
    """The file at this path below the folder that was named. Where there is none, its content is refused with
    `NotFound`; one outside answers alike, and so does what is no plain file.

    Raises:
        NotAllowed: no folder was named.
    """
    folder = office.files_folder
    if folder is None:
        raise NotAllowed(
            "Files are taken from a folder that was named at the start, and none was.",
            field="file",
            remedy=Act.NAME_FILES_FOLDER,
        )
    return FileGiven(file_name_of(given), partial(_content, folder, kind, given))


def _content(folder: Path, kind: ImportKind, given: str) -> bytes:
    try:
        with open_plain_below(folder, _names(folder, given)) as stream:
            content = stream.read(bytes_max(kind) + 1)
    except (OSError, ValueError):
        raise NotFound(
            "There is no such file in the folder that was named at the start: give its path below that folder. Links"
            " are not followed.",
            field="file",
        ) from None
    check_size(kind, len(content))
    check_beginning(kind, content)
    return content


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
