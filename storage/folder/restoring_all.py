"""Restoring a whole backup onto a database server: laid down as files first, at a standstill from the moment at which
they are there, and moved from them. Until the server has all of it they are the truth, and nobody has written to them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from invoicing.progress import Progress
from storage.books.pool import BOOKS_FILE
from storage.directory import credentials, identity
from storage.folder.backup import RestoreReport, restore
from storage.folder.manifest import read_manifest
from storage.folder.moving import move
from storage.folder.places import FilesPlace, Place
from storage.folder.standstill import Move, move_of, set_mark


def restore_to_server(
    backup: Path, root: Path, server: Place, *, keys: Path, now: datetime, progress: Progress, signed_by: str = ""
) -> RestoreReport:
    """As `restore`, with the databases on a server that has none yet. What was interrupted goes on when the same backup
    is restored to the same place again.

    Raises:
        Conflict: there is an installation on the server, or `root` is not empty.
        InvalidInput: as `restore`.
    """
    manifest, manifest_sha256 = read_manifest(backup, keys=keys, signed_by=signed_by)
    begun = move_of(root)
    if begun is not None and (begun.target, begun.backup) == (server.name, manifest_sha256):
        size_bytes = sum(entry.size_bytes for entry in manifest.files)
        report = RestoreReport(
            root, manifest.created_at, 0, len(manifest.files), size_bytes, 0, 0, 0, manifest.damaged, manifest_sha256
        )
    else:
        server.check_free()
        mark = Move("", server.name, f"{now:%Y%m%dT%H%M%S}", backup=manifest_sha256)

        def stand_still(staged: Path) -> None:
            set_mark(staged, mark)

        report = restore(backup, root, keys=keys, now=now, progress=progress, signed_by=signed_by, at_last=stand_still)
    without = [path.split("/")[1] for path in manifest.damaged if os.path.basename(path) == BOOKS_FILE]
    moved = move(root, FilesPlace(root, kept=False), server, now=now, progress=progress, without=without)
    asleep, people = server.read("", _asleep)
    return replace(report, organizations=moved.organizations, asleep=asleep, people=people)


def _asleep(db: Session) -> tuple[int, int]:
    return credentials.count_asleep(db), identity.count_people(db)
