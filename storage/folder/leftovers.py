"""What interrupted work leaves behind: finding it, and removing it. No link is followed, whoever put it there.

Everything that is made carries a name that only unfinished things have, until it is whole:

- `.new-...` in the data folder and in its folders: databases, folders of books, tries whether there is room;
- `.<32 digits>.pdf` and the like, in `documents`, `exports`, `branding` and `uploads`: a file that is being written;
- `.xlsx-...` in `exports`: the folder of a workbook's sheets;
- `.new-<32 digits>` beside the data folder: a restore or a backup that was to become a folder there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from invoicing.remedies import Act
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.folder.findings import Finding
from storage.folder.provisioning import TEMPLATES_FOLDER, organization_folders
from storage.plain_files import UNFINISHED_PREFIX, is_plain_folder, plain_names, remove_plainly

UNFINISHED_AFTER_SECONDS = 3600
_FILES_FOLDERS = ("documents", "exports", "branding", "uploads")
_NEW = re.compile(rf"{re.escape(UNFINISHED_PREFIX)}.+", re.ASCII)
_FILE = re.compile(r"\.[0-9a-f]{32}(\.[a-z0-9]+)*|\.xlsx-[a-z0-9_]+", re.ASCII)
_BESIDE = re.compile(rf"{re.escape(UNFINISHED_PREFIX)}[0-9a-f]{{32}}", re.ASCII)


def clean_up(root: Path) -> int:
    """Remove what interruptions left unfinished at least an hour ago, and answer how many things that were.

    Never a finished file or folder, even where nothing names it: those are the operator's to judge.
    """
    removed = 0
    for path in _unfinished(root):
        remove_plainly(path)
        removed += 1
    return removed


def leftover_findings(root: Path) -> Iterator[Finding]:
    """What `clean_up` would remove, and what it would not, because it lies outside the data folder."""
    for path in _unfinished(root):
        yield Finding("warning", "leftover", f"{path} was left unfinished by an interruption.", Act.CLEAN_UP)
    for path in _named(root.absolute().parent, _BESIDE):
        if is_plain_folder(path) and is_old(path):
            yield Finding(
                "note",
                "leftover",
                f"{path} may be of a backup or a restore that was interrupted. If it is, delete it.",
            )


def is_old(path: Path) -> bool:
    """By the newest thing in it, because a folder does not grow younger when a file in it does."""
    try:
        newest = max(one.lstat().st_mtime for one in (path, *plain_names(path)))
    except FileNotFoundError:
        return False
    return time.time() - newest > UNFINISHED_AFTER_SECONDS


def _unfinished(root: Path) -> list[Path]:
    """Unfinished files and folders that nobody has worked at for an hour."""
    found = [
        *_named(root, _NEW),
        *_named(root / ORGANIZATIONS_FOLDER, _NEW),
        *_named(root / TEMPLATES_FOLDER, _NEW),
    ]
    for organization in organization_folders(root):
        found += _named(organization, _NEW)
        for name in _FILES_FOLDERS:
            found += [*_named(organization / name, _NEW), *_named(organization / name, _FILE)]
    return sorted(path for path in found if is_old(path))


def _named(folder: Path, name: re.Pattern[str]) -> Iterator[Path]:
    """What is in the folder under such a name; nothing in a link to a folder, which leads to somebody else's."""
    try:
        found = list(plain_names(folder))
    except OSError:
        return
    yield from (path for path in found if name.fullmatch(path.name))
