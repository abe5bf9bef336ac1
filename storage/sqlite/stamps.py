"""What a database file says of itself, and whether it is the one that is asked for."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from storage.faults.errors import DamagedStore, OutdatedStore
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.sqlite.faults import faults_told


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file must say of itself. `organization_id` is empty for the directory and the template."""

    kind: FileKind
    schema_version: int
    organization_id: str = ""

    def difference(self, wanted: Stamp) -> Difference | None:
        """In what a file of this stamp is another one than the wanted; None where it is that one.

        An organization that is not wanted by its id may be any.
        """
        if self.kind is not wanted.kind:
            return Difference.KIND
        if wanted.organization_id and self.organization_id != wanted.organization_id:
            return Difference.ORGANIZATION
        if self.schema_version == wanted.schema_version:
            return None
        return Difference.OLDER if self.schema_version < wanted.schema_version else Difference.NEWER


class Difference(Enum):
    """What weighs most, where there are several."""

    KIND = "kind"
    ORGANIZATION = "organization"
    OLDER = "older"
    NEWER = "newer"


def check_stamp(connection: sqlite3.Connection, path: Path, stamp: Stamp) -> None:
    """Make sure that an open file is the one that the stamp names.

    Raises:
        OutdatedStore: the file's schema is older.
        DamagedStore: it is another file than the stamp says, or cannot be read.
    """
    found = read_stamp(connection, path)
    check_same(path, found, stamp)
    if stamp.organization_id:
        _check_newest_document(connection, path, stamp.organization_id)


def check_same(path: Path | str, found: Stamp, wanted: Stamp) -> None:
    """Make sure that a file which says this of itself is the wanted one, and of this program's version.

    Raises:
        OutdatedStore: its schema is older.
        DamagedStore: it is of another kind or organization, or of a newer version.
    """
    match found.difference(wanted):
        case None:
            return
        case Difference.KIND:
            raise DamagedStore(f"{path} is not a Counterfoil {wanted.kind.name.lower()} file", Fault.NOT_OURS)
        case Difference.ORGANIZATION:
            raise DamagedStore(f"{path} holds the books of another organization", Fault.ANOTHERS)
        case Difference.OLDER:
            raise OutdatedStore(f"{path} has schema {found.schema_version}; this program wants {wanted.schema_version}")
        case Difference.NEWER:
            raise DamagedStore(
                f"{path} was written by a newer Counterfoil (schema {found.schema_version})", Fault.NEWER
            )


def read_stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    """What an open file says of itself.

    Raises:
        DamagedStore: the file is none of ours, or cannot be read.
    """
    with faults_told(path):
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application_id not in {kind.value for kind in FileKind}:
            empty = not connection.execute("PRAGMA page_count").fetchone()[0]
            raise DamagedStore(f"{path} is not a Counterfoil file", Fault.EMPTY if empty else Fault.NOT_OURS)
        kind = FileKind(application_id)
        row = None
        if kind is FileKind.BOOKS:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'identity'").fetchone() is None:
                raise DamagedStore(f"{path} does not say whose it is", Fault.INCOMPLETE)
            row = connection.execute("SELECT organization_id FROM identity").fetchone()
    return Stamp(kind, version, "" if row is None else row[0])


def _check_newest_document(connection: sqlite3.Connection, path: Path, organization_id: str) -> None:
    """A write-ahead log that was exchanged brings another's rows under the right identity, which lies in the file."""
    with faults_told(path):
        # Books of the first revision have no documents yet.
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents'").fetchone()
        query = "SELECT content FROM documents ORDER BY position DESC LIMIT 1"
        newest = connection.execute(query).fetchone() if there else None
    if newest is not None and f'"organization":"{organization_id}"' not in str(newest[0]):
        raise DamagedStore(f"{path} holds documents of another organization", Fault.ANOTHERS)
