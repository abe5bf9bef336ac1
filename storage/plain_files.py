"""Files that are opened only if they are files: never a link, which leads elsewhere, nor a pipe, which waits for ever.

Nothing here opens a database that this process has open: closing any descriptor of one would drop SQLite's locks.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Literal
from uuid import uuid4

UNFINISHED_PREFIX = ".new-"
"""How the names of files and folders begin that are not finished yet."""
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; it would open whatever is there."""

# Windows knows neither, nor anything in a folder that waits.
_NO_LINK = 0 if sys.platform == "win32" else os.O_NOFOLLOW
_NO_WAIT = 0 if sys.platform == "win32" else os.O_NONBLOCK
_BINARY = getattr(os, "O_BINARY", 0)

FOLDERS = frozenset({"organizations", "templates"})
"""The folders of a data folder."""
_DEEPEST = 3

PROBE_BYTES = 64 * 1024
"""What opening a database needs at least: the shared index of its log, and the first pages of that."""

Place = Literal["plain", "missing", "other", "denied"]


def write_probe(folder: Path) -> bool:
    """Make a file in the folder, and remove it again; false where the disk took only a part of it, as a full one does.

    Raises:
        OSError: no file can be made or written there.
    """
    probe = folder / f"{UNFINISHED_PREFIX}{uuid4().hex}"
    descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        return os.write(descriptor, bytes(PROBE_BYTES)) == PROBE_BYTES
    finally:
        os.close(descriptor)
        with suppress(OSError):
            probe.unlink()


def open_plain_file(path: Path) -> BufferedReader:
    """Open a file to be read, if it is one, without waiting.

    Raises:
        OSError: it is missing, may not be read, or is something else, or a folder that leads to it is a link.
    """
    check_plain_folders(path)
    return _regular(os.open(path, os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY), str(path))


def _regular(descriptor: int, name: str) -> BufferedReader:
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(errno.EISDIR, "no file", name)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def open_plain_below(folder: Path, parts: Sequence[str]) -> BufferedReader:
    """Open a file to be read that lies below a folder, by the names that lead to it. No link is followed on the way,
    whoever changes what while it is looked for; the folder itself may be behind one.

    Raises:
        OSError: it is missing, may not be read, or is something else.
        ValueError: a name that leads elsewhere, or is none.
    """
    if not parts or any(one in ("", ".", "..") or "/" in one or "\\" in one or "\0" in one for one in parts):
        raise ValueError("no names of files")
    if os.open not in os.supports_dir_fd:
        path = folder.resolve(strict=True).joinpath(*parts)
        if path.resolve(strict=True) != path:
            raise NotADirectoryError(errno.ENOTDIR, "no plain file", str(path))
        return open_plain_file(path)
    reached = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in parts[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK, dir_fd=reached)
            os.close(reached)
            reached = inner
        descriptor = os.open(parts[-1], os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY, dir_fd=reached)
    finally:
        os.close(reached)
    return _regular(descriptor, parts[-1])


def check_plain_folders(path: Path) -> None:
    """Make sure that only folders of ours, and no links, lead to a path.

    Raises:
        OSError: one of our folders that lead to it is missing, a link, or something else.
    """
    for folder in reversed(folders_of_ours(path)):
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "no folder", str(folder))


def lies_plainly(path: Path) -> Place:
    """What is in the place of a database file. It lies plainly where it, our folders that lead to it, and whatever is
    beside it that SQLite would open, are what they are to be.
    """
    try:
        found = path.lstat()
    except PermissionError:
        return "denied"
    except OSError:
        return "missing"
    if not stat.S_ISREG(found.st_mode) or not all(map(is_plain_folder, folders_of_ours(path))):
        return "other"
    beside = (path.with_name(f"{path.name}{ending}") for ending in COMPANIONS)
    return "plain" if all(_is_absent_or_file(one) for one in beside) else "other"


def is_plain_folder(folder: Path) -> bool:
    """Whether it is a folder, and not a link to one."""
    try:
        return stat.S_ISDIR(folder.lstat().st_mode)
    except OSError:
        return False


def is_plain_file(path: Path) -> bool:
    """Whether it is a file, and not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def may_look_into(folder: Path) -> bool:
    """Whether this user may read what is in a folder."""
    return os.access(folder, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def may_use(path: Path) -> bool:
    """Whether this user may read and write it."""
    return os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def plain_names(folder: Path) -> Iterator[Path]:
    """What is in a folder, in the order of names; nothing where it is no folder, or a link to one."""
    if is_plain_folder(folder):
        yield from sorted(folder.iterdir())


def remove_plainly(path: Path) -> None:
    """Remove a file, a link or whatever else has a name, or a folder with all that is in it; never what a link leads
    to.
    """
    if is_plain_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def folders_of_ours(path: Path) -> list[Path]:
    """The folders that lead from the data folder to a file. The data folder itself may be wherever its owner wants it,
    also behind a link.
    """
    above = list(path.parents)[:_DEEPEST]
    first = next((depth for depth, folder in enumerate(above, start=1) if folder.name in FOLDERS), 0)
    return above[:first]


def _is_absent_or_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; Windows has no such call and needs none."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
