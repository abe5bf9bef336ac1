"""Folders that come to be in one step, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from invoicing.refusals import Conflict, InvalidInput
from storage.plain_files import UNFINISHED_PREFIX, sync_folder


def check_apart(source: Path, target: Path, *, field: str) -> None:
    """Make sure that two folders lie apart.

    Raises:
        InvalidInput: one of the folders lies in the other.
    """
    one, other = source.resolve(), target.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise InvalidInput("Choose a folder of its own: one of the two lies in the other.", field=field)


def check_free(target: Path, *, field: str) -> None:
    """Make sure that nothing but an empty folder lies in this place.

    Raises:
        Conflict: the folder is there and is not empty, or is no folder.
    """
    if target.is_symlink() or target.exists():
        if not target.is_dir():
            raise Conflict("There is already something of this name that is not a folder.", field=field)
        if any(target.iterdir()):
            raise Conflict("This folder is not empty: choose a new or an empty one.", field=field)


@contextmanager
def laid_down(target: Path, *, last: str) -> Iterator[Path]:
    """A folder to fill, which becomes `target` at the end; when anything fails, nothing of it is left.

    A target that is there already may be a mount point, or in a folder that is not ours to write to: it is filled
    from a folder inside it, and the file `last`, without which it is nothing yet, comes last.

    Raises:
        Conflict: somebody else put something at the target meanwhile.
    """
    inside = target.exists()
    if not inside:
        target.parent.mkdir(parents=True, exist_ok=True)
    staged = (target if inside else target.parent) / f"{UNFINISHED_PREFIX}{uuid4().hex}"
    staged.mkdir(mode=0o700)
    try:
        yield staged
        sync_tree(staged)
        if inside:
            _move_out(staged, target, last=last)
        else:
            _rename(staged, target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def sync_tree(folder: Path) -> None:
    """Sync every file and every name, because the backup tells its owner that the original may go."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            with Path(parent, name).open("rb+") as stream:
                os.fsync(stream.fileno())
        sync_folder(Path(parent))


def _rename(staged: Path, target: Path) -> None:
    try:
        os.rename(staged, target)
    except OSError as error:
        if not target.exists():
            raise
        raise Conflict("There is something at this place by now: choose another folder.") from error
    sync_folder(target.parent)


def _move_out(staged: Path, target: Path, *, last: str) -> None:
    moved: list[Path] = []
    try:
        for name in sorted(os.listdir(staged), key=lambda name: name == last):
            if name == last:
                sync_folder(target)
            if (target / name).exists():
                raise Conflict("There is something at this place by now: choose another folder.")
            os.rename(staged / name, target / name)
            moved.append(target / name)
        staged.rmdir()
        sync_folder(target)
    except BaseException:
        for path in reversed(moved):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
