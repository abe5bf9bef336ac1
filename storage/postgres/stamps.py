"""What a schema says of itself, and whether it is the one that is asked for."""

from __future__ import annotations

from sqlalchemy import Row, TextClause, text
from sqlmodel import Session

from storage.faults.errors import DamagedStore
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.migrations import head_stamp
from storage.postgres.scopes import Scope
from storage.sqlite.stamps import Stamp, check_same

_SAID = {
    FileKind.DIRECTORY: "SELECT version_num, ''{} FROM alembic_version",
    FileKind.BOOKS: "SELECT version_num, organization_id{} FROM alembic_version, identity",
}
_STAMP = {kind: text(said.format("")) for kind, said in _SAID.items()}
_STAMP_AND_MARK = {kind: text(said.format(", (SELECT mark FROM change_marks)")) for kind, said in _SAID.items()}


def check_stamp(session: Session, scope: Scope, where: str) -> None:
    """Make sure that the schema is of this program's version, and of the organization that is asked for.

    Raises:
        OutdatedStore: it is of an older version.
        DamagedStore: it is another's, or of a newer version, or says nothing.
    """
    _checked(session, _STAMP, scope, where)


def check_stamp_again(session: Session, scope: Scope, where: str) -> int:
    """The same for a schema that was found to be of this version before; answer the mark of its settings."""
    return int(_checked(session, _STAMP_AND_MARK, scope, where)[2] or 0)


def _checked(session: Session, queries: dict[FileKind, TextClause], scope: Scope, where: str) -> Row[*tuple[str, ...]]:
    row = session.connection().execute(queries[scope.kind]).first()
    if row is None:
        raise DamagedStore(f"{where} does not say whose it is", Fault.INCOMPLETE)
    check_same(where, Stamp(scope.kind, int(row[0]), row[1]), head_stamp(scope.kind, scope.organization_id))
    return row
