"""Bringing a whole data folder to the newest schema: the directory, then every organization's books.

Each file is migrated on its own, each revision in one transaction: what is interrupted goes on at the next start,
and what is current costs next to nothing. To be run before the store is opened.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from invoicing.progress import Progress
from invoicing.refusals import Refusal
from invoicing.remedies import Act, Remark
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import organizations
from storage.directory.database import DIRECTORY_FILE, directory_named
from storage.faults.errors import UNREADABLE_ROW, StorageFault
from storage.faults.kinds import Fault
from storage.faults.of_system import check_storage
from storage.folder.home import check_home
from storage.folder.standstill import move_of
from storage.migrations import head_stamp, migrate_file
from storage.sqlite.engines import DamagedStore, FileKind, is_current, read_once, stamp_of
from storage.sqlite.examining import read_header
from storage.sqlite.faults import faults_told
from storage.sqlite.stamps import Difference, check_same

if TYPE_CHECKING:
    from storage.postgres.addresses import Address

IN_THE_WAY = Remark("something in it is in the way of this version's schema.", Act.EXAMINE)
_log = logging.getLogger("counterfoil")


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What a migration did: the files it changed, relative to the data folder, how many needed nothing, and the
    files that could not be brought up, each with the reason.
    """

    migrated: tuple[str, ...]
    current: int
    failed: tuple[tuple[str, Remark], ...]


def migrate_all(
    root: Path, progress: Progress, *, by_hand: bool = False, address: Address | None = None
) -> MigrationReport:
    """Bring the directory and every organization's books to the newest revision, where they are not there yet;
    `by_hand` also those back into WAL mode that another program has brought out of it.

    One organization's damaged books keep no other's from being migrated: they are reported. Where there is no
    data folder yet, or it is being moved, there is nothing to do. Where there is an `address`, they are schemas on that
    server.

    Raises:
        DamagedStore: the directory is not ours, or of a newer version.
        StorageFault: the data folder cannot be written to.
    """
    check_home(root, str(address or ""))
    if move_of(root) is not None:
        # It is read as it stands, until it is at its other place.
        return MigrationReport((), 0, ())
    if address is not None:
        # An installation without a server never loads what speaks to one.
        from storage.postgres.migrating import migrate_schemas

        return migrate_schemas(address, progress, by_hand=by_hand)
    if not os.path.lexists(root / DIRECTORY_FILE):
        return MigrationReport((), 0, ())
    check_storage(root)
    migrated: list[str] = []
    failed: list[tuple[str, Remark]] = []
    with directory_named():
        if bring_up(root / DIRECTORY_FILE, FileKind.DIRECTORY, "", by_hand=by_hand):
            migrated.append(DIRECTORY_FILE)
        known = read_once(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), organizations.all_ids)
    steps = len(known) + 1
    for step, (organization_id, _) in enumerate(known, start=1):
        progress(step, steps)
        path = f"{ORGANIZATIONS_FOLDER}/{organization_id}/{BOOKS_FILE}"
        try:
            if bring_up(root / path, FileKind.BOOKS, organization_id, by_hand=by_hand):
                migrated.append(path)
        except StorageFault as fault:
            failed.append((path, fault.reason))
        except (DBAPIError, Refusal, *UNREADABLE_ROW):
            # What exactly stood in the way is in the words of the database, which are for the log alone; or a row of
            # these books cannot be read, which is nobody else's.
            _log.exception("%s could not be migrated", path)
            failed.append((path, IN_THE_WAY))
    progress(steps, steps)
    return MigrationReport(tuple(migrated), steps - len(migrated) - len(failed), tuple(failed))


def bring_up(path: Path, kind: FileKind, organization_id: str, *, by_hand: bool) -> bool:
    """Whether there was anything to do."""
    wanted = head_stamp(kind, organization_id)
    if is_current(path, wanted) and not (by_hand and _lacks_log(path)):
        return False
    found = stamp_of(path)
    difference = found.difference(wanted)
    if difference in (Difference.KIND, Difference.ORGANIZATION):
        raise DamagedStore(f"{path} is not what its name says", Fault.ANOTHERS)
    if difference is not Difference.OLDER:
        check_same(path, found, wanted)
        if not _lacks_log(path):
            return False
    with faults_told(path):
        _migrate(path, kind, found.schema_version)
    return True


def _lacks_log(path: Path) -> bool:
    """Whether another program has brought the file out of WAL mode."""
    return not read_header(path).keeps_log


def _migrate(path: Path, kind: FileKind, version: int) -> None:
    """Migrate; where another process was migrating the same file and was first with a revision, go on after it."""
    while True:
        try:
            return migrate_file(path, kind)
        except DBAPIError:
            reached = stamp_of(path).schema_version
            if reached == version:
                raise
            version = reached
