"""Exports that nobody has asked for in a long time, in all of a data folder: for `counterfoil doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from invoicing.remedies import Act
from invoicing.text.typed import counted
from storage.books import exports
from storage.directory import organizations
from storage.faults.errors import StorageFault
from storage.files.buckets import Bucket
from storage.folder.findings import Finding
from storage.folder.looking import Look
from storage.folder.standstill import check_in_use
from storage.folder.store import files_of


def aged_exports(look: Look, *, now: datetime, kept_days: int) -> Iterator[Finding]:
    """The organizations with exports that were last asked for more than `kept_days` days ago, and are still there.

    Books that cannot be opened are passed over: what is wrong with them is said elsewhere.
    """
    before = now - timedelta(days=kept_days)
    for organization_id, handle in _known(look):
        try:
            aged = look.books(organization_id, lambda db: exports.aged_files(db, before=before))
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


def remove_aged_exports(look: Look, root: Path, *, now: datetime, kept_days: int, bucket: Bucket | None = None) -> int:
    """Remove the files of exports that have aged, and answer how many that were. Their records say so from then on."""
    check_in_use(root)
    kept, before = files_of(root, bucket), now - timedelta(days=kept_days)
    removed = 0
    for organization_id, _ in _known(look):
        try:
            look.change_books(organization_id, lambda db: exports.say_removed(db, before=before, at=now))
            # After that is certain: what is on record as removed may be missing, and nothing else.
            removed_files = look.books(organization_id, exports.removed_files)
            gone = exports.remove_files(kept.of(organization_id), removed_files)
            look.change_books(organization_id, partial(exports.say_gone, ids=gone, at=now))
        except StorageFault:
            continue
        removed += len(gone)
    return removed


def _known(look: Look) -> Sequence[tuple[str, str]]:
    try:
        return look.directory(organizations.all_ids)
    except StorageFault:
        return ()
