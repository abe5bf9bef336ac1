"""Organizations that are being made: what a maker that was killed has left is removed at the next start.

While it is at work, a maker holds a lock on a file beside the books. The lock ends with its process, the file does not:
one that nobody holds says that its maker is gone. Whether the books are then an organization's, the directory knows.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from invoicing.refusals import Refusal
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.folder.leftovers import is_old
from storage.plain_files import UNFINISHED_PREFIX, check_plain_folders, is_plain_file, plain_names, remove_plainly
from storage.sqlite.faults import faults_told

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".lock"
_log = logging.getLogger("counterfoil")


@contextmanager
def being_made(root: Path, organization_id: str, *, stays_if_refused: bool = False) -> Iterator[None]:
    """Hold the lock of the organization that is being made, until it is known or given up; `stays_if_refused`: the file
    is left, as by a maker that is gone, where that is refused.

    Raises:
        StorageFault: there is no room, or the data folder cannot be written to.
    """
    marker = _marker(root, organization_id)
    with faults_told(root):
        marker.parent.mkdir(mode=0o700, exist_ok=True)
        check_plain_folders(marker)
        stream = marker.open("xb")
    is_over = True
    try:
        if sys.platform != "win32":
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
    except Refusal:
        is_over = not stays_if_refused
        raise
    finally:
        # Windows removes nothing that is open.
        stream.close()
        if is_over:
            marker.unlink(missing_ok=True)


def half_made(root: Path) -> list[str]:
    """The ids of organizations whose maker is gone."""
    names = (path for path in plain_names(root / ORGANIZATIONS_FOLDER) if path.name.startswith(UNFINISHED_PREFIX))
    markers = (path for path in names if path.name.endswith(_SUFFIX) and is_plain_file(path) and _is_left(path))
    return [path.name.removeprefix(UNFINISHED_PREFIX).removesuffix(_SUFFIX) for path in markers]


def remove_half_made(root: Path, ids: list[str], left: list[str], discard: Callable[[str], None]) -> None:
    """Remove what is unfinished of these organizations, and `discard` the books of those that are `left`: the directory
    does not know them. What the login of a server may not remove is left for a start with one that may.
    """
    for organization_id in ids:
        unfinished = root / ORGANIZATIONS_FOLDER / f"{UNFINISHED_PREFIX}{organization_id}"
        if os.path.lexists(unfinished):
            remove_plainly(unfinished)
        if organization_id in left and not _is_discarded(organization_id, discard):
            continue
        _marker(root, organization_id).unlink(missing_ok=True)


def _is_discarded(organization_id: str, discard: Callable[[str], None]) -> bool:
    try:
        discard(organization_id)
    except StorageFault as fault:
        if fault.fault is not Fault.MAY_NOT_MAKE:
            raise
        _log.warning("What is left of the organization %s stays for now: %s", organization_id, fault.message)
        return False
    return True


def _marker(root: Path, organization_id: str) -> Path:
    return root / ORGANIZATIONS_FOLDER / f"{UNFINISHED_PREFIX}{organization_id}{_SUFFIX}"


def _is_left(marker: Path) -> bool:
    if sys.platform == "win32":
        return is_old(marker)
    try:
        with marker.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Somebody is at work, or has just ended.
        return False
    return True
