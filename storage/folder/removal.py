"""Removing what the data folder has of an organization: its own folder, and what was set aside of it."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.directory.database import DIRECTORY_FILE
from storage.folder.exchanging import SET_ASIDE_FOLDER, set_aside_of
from storage.plain_files import (
    is_plain_file,
    is_plain_folder,
    open_plain_file,
    plain_names,
    remove_plainly,
    sync_folder,
)
from storage.sqlite.faults import faults_told


def remove_files(root: Path, organization_id: str) -> None:
    """Remove the books and files of an organization that the directory does not know any more. No link is followed.

    Raises:
        StorageFault: something of it cannot be removed.
    """
    folder = root / ORGANIZATIONS_FOLDER / organization_id
    with faults_told(root):
        for path in list(_set_aside_of(root, organization_id)):
            remove_plainly(path)
            sync_folder(path.parent)
        if folder.is_symlink() or folder.exists():
            remove_plainly(folder)
        if is_plain_folder(folder.parent):
            sync_folder(folder.parent)


def directories_naming(root: Path, organization_id: str) -> list[Path]:
    """The directories that were set aside when the books were moved to a server, and say something of the organization:
    each is of all organizations, and stays.
    """
    with faults_told(root):
        found = (path / DIRECTORY_FILE for path in plain_names(root / SET_ASIDE_FOLDER) if is_plain_folder(path))
        return [path for path in found if is_plain_file(path) and _says(path, organization_id)]


def _set_aside_of(root: Path, organization_id: str) -> Iterator[Path]:
    """What a restore has set aside bears its name; a move has set aside a folder of all organizations."""
    yield from set_aside_of(root, organization_id)
    for path in plain_names(root / SET_ASIDE_FOLDER):
        if is_plain_folder(path):
            for folder in (path, path / ORGANIZATIONS_FOLDER):
                yield from (one for one in plain_names(folder) if one.name == organization_id)


def _says(path: Path, word: str) -> bool:
    """Whether the word is in the file, of whatever schema that is."""
    with open_plain_file(path) as file:
        if not file.seek(0, 2):
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(word.encode()) >= 0
