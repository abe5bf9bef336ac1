"""Making databases: the directory of a new data folder, and the books of a new organization.

Everything is made under a temporary name and appears under its own in one step. The directory learns of an
organization only after its books are whole, so what is interrupted leaves at most a folder that nobody names
(`doctor` finds it), never half an organization.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session

from storage.books import BOOKS_FILE
from storage.directory import DIRECTORY_FILE
from storage.engines import FileKind, Mode, books_engine, checkpoint, run_transaction
from storage.migrations import head_stamp, migrate_file
from storage.tables.books import Identity

UNFINISHED_PREFIX = ".new-"


def ensure_directory_file(root: Path) -> None:
    """Make the data folder and its empty directory database unless they are there."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = root / DIRECTORY_FILE
    if not target.exists():
        _make_once(target, FileKind.DIRECTORY)


def provision_books(root: Path, organization_id: str, *, now: datetime, fill: Callable[[Session], None]) -> None:
    """Make the books of a new organization: a copy of the migrated template, stamped, then filled by `fill`.

    All of it, or nothing: when `fill` raises, no trace is left.
    """
    organizations = root / "organizations"
    organizations.mkdir(mode=0o700, exist_ok=True)
    unfinished = organizations / f"{UNFINISHED_PREFIX}{organization_id}"
    unfinished.mkdir(mode=0o700)
    try:
        for name in ("documents", "exports"):
            (unfinished / name).mkdir()
        shutil.copyfile(_template(root), unfinished / BOOKS_FILE)
        _fill(unfinished / BOOKS_FILE, organization_id, now=now, fill=fill)
        sync_folder(unfinished)
        os.rename(unfinished, organizations / organization_id)
        sync_folder(organizations)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def discard_books(root: Path, organization_id: str) -> None:
    """Remove books that the directory never came to know."""
    shutil.rmtree(root / "organizations" / organization_id, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; Windows has no such call and needs none."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _fill(path: Path, organization_id: str, *, now: datetime, fill: Callable[[Session], None]) -> None:
    def work(session: Session) -> None:
        session.add(Identity(organization_id=organization_id, stamped_at=now))
        session.flush()
        fill(session)

    engine = books_engine(path, head_stamp(FileKind.BOOKS))
    try:
        run_transaction(engine, Mode.WRITE, work)
    finally:
        engine.dispose()
    checkpoint(path)


def _template(root: Path) -> Path:
    """The migrated, stamped file that new books are copied from; made once per schema version."""
    stamp = head_stamp(FileKind.BOOKS)
    path = root / "templates" / f"books-{stamp.schema_version:04d}.db"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        _make_once(path, FileKind.BOOKS)
    return path


def _make_once(target: Path, kind: FileKind) -> None:
    """Make a migrated database at `target`; of several that try at once, the first one's stays."""
    temporary = target.with_name(f"{UNFINISHED_PREFIX}{uuid4().hex}.db")
    try:
        migrate_file(temporary, kind)
        checkpoint(temporary)
        with suppress(FileExistsError):
            os.link(temporary, target)
        sync_folder(target.parent)
    finally:
        for leftover in target.parent.glob(f"{temporary.name}*"):
            leftover.unlink(missing_ok=True)
