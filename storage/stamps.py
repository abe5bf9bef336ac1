"""What a database file says of itself, and whether it is the one that is asked for."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from invoicing.refusals import Unavailable


class FileKind(Enum):
    """What a database file is, as its `application_id` says (the letters CFDR and CFBK)."""

    DIRECTORY = 0x43464452
    BOOKS = 0x4346424B


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file must say of itself. `organization_id` is empty for the directory and the template."""

    kind: FileKind
    schema_version: int
    organization_id: str = ""


class DamagedStore(Exception):
    """A database file is missing, swapped, empty, or of another version. Its text is for the operator only."""


class BusyFile(Unavailable):
    """Another process writes into the file at this moment. Nothing was changed."""


class OutdatedStore(DamagedStore):
    """The file is ours but its schema is older than this program: `counterfoil migrate` brings it up."""


def check_stamp(connection: sqlite3.Connection, path: Path, stamp: Stamp) -> None:
    found = read_stamp(connection, path)
    if found.kind is not stamp.kind:
        raise DamagedStore(f"{path} is not a Counterfoil {stamp.kind.name.lower()} file")
    if found.schema_version < stamp.schema_version:
        raise OutdatedStore(f"{path} has schema {found.schema_version}; this program wants {stamp.schema_version}")
    if found.schema_version > stamp.schema_version:
        raise DamagedStore(f"{path} was written by a newer Counterfoil (schema {found.schema_version})")
    if stamp.organization_id and found.organization_id != stamp.organization_id:
        raise DamagedStore(f"{path} holds the books of another organization")
    if stamp.organization_id:
        _check_newest_document(connection, path, stamp.organization_id)


def read_stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    try:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application_id not in {kind.value for kind in FileKind}:
            raise DamagedStore(f"{path} is not a Counterfoil file")
        kind = FileKind(application_id)
        row = None
        if kind is FileKind.BOOKS:
            row = connection.execute("SELECT organization_id FROM identity").fetchone()
    except sqlite3.DatabaseError as error:
        raise refusal_of(error) or DamagedStore(f"{path} is not a readable database") from error
    return Stamp(kind, version, "" if row is None else row[0])


def _check_newest_document(connection: sqlite3.Connection, path: Path, organization_id: str) -> None:
    """A write-ahead log that was exchanged brings another's rows under the right identity, which lies in the file."""
    try:
        # Books of the first revision have no documents yet.
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents'").fetchone()
        query = "SELECT content FROM documents ORDER BY position DESC LIMIT 1"
        newest = connection.execute(query).fetchone() if there else None
    except sqlite3.DatabaseError as error:
        raise refusal_of(error) or DamagedStore(f"{path} is not a readable database") from error
    if newest is not None and f'"organization":"{organization_id}"' not in newest[0]:
        raise DamagedStore(f"{path} holds documents of another organization")


def refusal_of(error: BaseException | None) -> Unavailable | None:
    """What an operator or a second attempt can mend, as a refusal; None where the error is anything else."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyFile("The books are busy with another write. Nothing was changed: try again.")
    if code == sqlite3.SQLITE_FULL:
        return Unavailable("There is no room left on the disk. Nothing was changed.")
    return None
