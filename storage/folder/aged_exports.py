"""Exports that nobody has asked for in a long time, in all of a data folder: for `counterfoil doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from invoicing.remedies import Act
from invoicing.text.typed import counted
from storage.books import exports
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import organizations
from storage.directory.database import DIRECTORY_FILE
from storage.files.in_folder import FilesInFolder
from storage.folder.findings import Finding
from storage.folder.standstill import check_in_use
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind, Stamp, StorageFault, read_once, stamp_of, write_once


def aged_exports(root: Path, *, now: datetime, kept_days: int) -> Iterator[Finding]:
    """The organizations with exports that were last asked for more than `kept_days` days ago, and are still there.

    Books that cannot be opened are passed over: what is wrong with them is said elsewhere.
    """
    before = now - timedelta(days=kept_days)
    for handle, path, stamp in _all_books(root):
        try:
            aged = read_once(path, stamp, lambda db: exports.aged_files(db, before=before))
        except StorageFault:
            continue
        if aged:
            mib = sum(file.size_bytes for file in aged) // 1024**2
            yield Finding(
                "note",
                handle,
                f"Nobody has asked for {counted(len(aged), 'export')} ({mib} MiB) in {kept_days} days.",
                Act.CLEAN_UP,
            )


def remove_aged_exports(root: Path, *, now: datetime, kept_days: int) -> int:
    """Remove the files of exports that have aged, and answer how many that were. Their records say so from then on."""
    check_in_use(root)
    before = now - timedelta(days=kept_days)
    removed = 0
    for _, path, stamp in _all_books(root):
        try:
            write_once(path, stamp, lambda db: exports.say_removed(db, before=before, at=now))
            # In a transaction of its own: what is on record as removed may be missing, and nothing else.
            removed += write_once(path, stamp, partial(exports.remove_files, kept=FilesInFolder(path.parent)))
        except StorageFault:
            continue
    return removed


def _all_books(root: Path) -> Iterator[tuple[str, Path, Stamp]]:
    directory = root / DIRECTORY_FILE
    try:
        known = read_once(directory, stamp_of(directory), organizations.all_ids)
    except StorageFault:
        return
    for organization_id, handle in known:
        path = root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE
        yield handle, path, head_stamp(FileKind.BOOKS, organization_id)
