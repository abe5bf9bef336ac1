"""Removing the folder of an organization, and what was set aside of it."""

from __future__ import annotations

from pathlib import Path

from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.folder.exchanging import SET_ASIDE_FOLDER
from storage.plain_files import plain_names, remove_plainly, sync_folder
from storage.sqlite.faults import faults_told


def remove_files(root: Path, organization_id: str) -> None:
    """Remove the books and files of an organization that the directory does not know any more. No link is followed.

    Raises:
        StorageFault: something of it cannot be removed.
    """
    folder = root / ORGANIZATIONS_FOLDER / organization_id
    with faults_told(root):
        for path in plain_names(root / SET_ASIDE_FOLDER):
            if path.name.startswith(f"{organization_id}-"):
                remove_plainly(path)
        if folder.is_symlink() or folder.exists():
            remove_plainly(folder)
        sync_folder(folder.parent)
