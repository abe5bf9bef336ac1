"""What a schema says of itself, and whether it is the one that is asked for."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from storage.migrations import head_stamp
from storage.postgres.scopes import Scope
from storage.sqlite.faults import DamagedStore, Fault
from storage.sqlite.file_kinds import FileKind
from storage.sqlite.stamps import Stamp, check_same

_OF_DIRECTORY = text("SELECT version_num, '' FROM alembic_version")
_OF_BOOKS = text("SELECT version_num, organization_id FROM alembic_version, identity")


def check_stamp(session: Session, scope: Scope, where: str) -> None:
    """Make sure that the schema is of this program's version, and of the organization that is asked for.

    Raises:
        OutdatedStore: it is of an older version.
        DamagedStore: it is another's, or of a newer version, or says nothing.
    """
    wanted = head_stamp(scope.kind, scope.organization_id)
    query = _OF_BOOKS if scope.kind is FileKind.BOOKS else _OF_DIRECTORY
    row = session.connection().execute(query).first()
    if row is None:
        raise DamagedStore(f"{where} does not say whose it is", Fault.INCOMPLETE)
    check_same(where, Stamp(scope.kind, int(row[0]), row[1]), wanted)
