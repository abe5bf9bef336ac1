"""Queries of the directory on organizations that leave: handed over to another installation, or removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, or_, select
from sqlmodel import Session

from storage.directory import identity_tables, tables
from storage.directory.activity_tables import Activity
from storage.ids import new_id
from storage.queries.statements import execute, table_of

_DEPARTURES = table_of(tables.Departure)
_ORGANIZATIONS, _CREDENTIALS = table_of(tables.Organization), table_of(tables.Credential)
_LINKS = table_of(identity_tables.SignInLink)
_USERS, _LOG = table_of(tables.User), table_of(Activity)
_MEMBERSHIPS, _CONVERSATIONS = table_of(tables.Membership), table_of(tables.ConversationSession)
_OF: Any = bindparam("of")
_ELSEWHERE = select(_MEMBERSHIPS.c.user_id).where(_MEMBERSHIPS.c.organization_id != _OF)
_PEOPLE_OF_IT_ALONE = select(_MEMBERSHIPS.c.user_id).where(
    _MEMBERSHIPS.c.organization_id == _OF, _MEMBERSHIPS.c.user_id.not_in(_ELSEWHERE)
)
_CURRENT = (
    select(_DEPARTURES)
    .where(_DEPARTURES.c.organization_id == _OF, _DEPARTURES.c.ended_at.is_(None))
    .order_by(_DEPARTURES.c.id.desc())
    .limit(1)
)
_REVOKE = (
    _CREDENTIALS.update()
    .where(_CREDENTIALS.c.organization_id == _OF, _CREDENTIALS.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_CLIENTS = select(_ORGANIZATIONS.c.id).where(_ORGANIZATIONS.c.partner_id == _OF).limit(1)
_HANDLES = select(_DEPARTURES.c.organization_id, _DEPARTURES.c.handle).where(_DEPARTURES.c.ended_at.is_(None))


class Leaving(StrEnum):
    """How an organization leaves."""

    HAND_OVER = "hand_over"
    REMOVING = "removing"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Left:
    """That an organization has left, or is leaving."""

    how: Leaving
    at: datetime
    by: str
    sealed_at: datetime | None
    sealed_by: str
    archive_sha256: str


def departure_of(session: Session, organization_id: str) -> Left | None:
    """How the organization has left; None where it is in use here, or never was."""
    row = execute(session, _CURRENT, {"of": organization_id}).first()
    if row is None:
        return None
    return Left(Leaving(row.act), row.at, row.by, row.sealed_at, row.sealed_by, row.archive_sha256)


def handles_of_departed(session: Session) -> dict[str, str]:
    """The handles that those had which have left, by their ids."""
    return {row[0]: row[1] for row in execute(session, _HANDLES)}


def has_any_client(session: Session, organization_id: str) -> bool:
    """Whether it is the practice of an organization, be that archived."""
    return execute(session, _CLIENTS, {"of": organization_id}).first() is not None


def let_leave(session: Session, organization_id: str, how: Leaving, *, at: datetime, by: str) -> int:
    """Note that the organization leaves, archive it, and revoke what opens it alone; answers how many credentials that
    were. Repeated, it changes nothing.
    """
    row = session.get_one(tables.Organization, organization_id)
    if departure_of(session, organization_id) is None:
        session.add(
            tables.Departure(
                id=new_id("dep"), organization_id=organization_id, at=at, act=how.value, handle=row.handle, by=by
            )
        )
        # An archived one stays so also when it is taken back.
        row.archived_at = row.archived_at or at
    session.flush()
    execute(session, _LINKS.delete().where(_LINKS.c.organization_id == organization_id))
    return int(execute(session, _REVOKE, {"of": organization_id, "now": at}).rowcount)


def seal(session: Session, organization_id: str, *, at: datetime, by: str) -> None:
    """Note that whoever took the books over has said so; `by` is the name of the key that signed it."""
    row = _row(session, organization_id)
    row.sealed_at, row.sealed_by = at, by


def let_stay(session: Session, organization_id: str, *, at: datetime) -> None:
    """Note that the organization's books are in use here again."""
    row = _row(session, organization_id)
    row.ended_at = at
    organization = session.get(tables.Organization, organization_id)
    if organization is not None and organization.archived_at == row.at:
        organization.archived_at = None


def let_return(session: Session, organization_id: str, *, at: datetime) -> None:
    """Note that an organization that had been removed is here again."""
    session.flush()
    _end(session, organization_id, at)


def forget_organization(session: Session, organization_id: str, *, keep: str) -> None:
    """Remove every row that is of the organization, of what opens it alone, and of the people who belong to nothing
    else, but for the user with the id `keep`. A conversation about it is about nothing from then on.
    """
    session.flush()
    users = [one for one in execute(session, _PEOPLE_OF_IT_ALONE, {"of": organization_id}).scalars() if one != keep]
    of_them = or_(_CREDENTIALS.c.organization_id == organization_id, _CREDENTIALS.c.user_id.in_(users))
    credentials = list(execute(session, select(_CREDENTIALS.c.id).where(of_them)).scalars())
    for table, column in _referring_to(_CREDENTIALS):
        execute(session, table.delete().where(column.in_(credentials)))
    for table, column in _referring_to(_ORGANIZATIONS):
        if table in (_ORGANIZATIONS, _CONVERSATIONS):
            execute(session, table.update().where(column == organization_id).values({column.name: None}))
        else:
            execute(session, table.delete().where(column == organization_id))
    for table, column in _referring_to(_USERS):
        execute(session, table.delete().where(column.in_(users)))
    execute(session, _USERS.delete().where(_USERS.c.id.in_(users)))
    execute(session, _LOG.delete().where(_LOG.c.organization_id == organization_id))
    execute(session, _ORGANIZATIONS.delete().where(_ORGANIZATIONS.c.id == organization_id))


def note_removed(session: Session, organization_id: str, handle: str, *, at: datetime, by: str, sha256: str) -> None:
    """The line that says that an organization was removed, in the place of what else is known of how it left."""
    execute(session, _DEPARTURES.delete().where(_DEPARTURES.c.organization_id == organization_id))
    session.add(
        tables.Departure(
            id=new_id("dep"),
            organization_id=organization_id,
            at=at,
            act=Leaving.REMOVED.value,
            handle=handle,
            by=by,
            archive_sha256=sha256,
        )
    )
    session.flush()


def _referring_to(wanted: Table) -> Iterable[tuple[Table, ColumnElement[Any]]]:
    """The tables whose rows refer to those of another one, each with the column that does; what they refer to in turn
    comes after them.
    """
    for table in reversed(wanted.metadata.sorted_tables):
        for column in table.c:
            if any(key.column.table is wanted for key in column.foreign_keys):
                yield table, column


def _end(session: Session, organization_id: str, at: datetime) -> None:
    which = (_DEPARTURES.c.organization_id == organization_id) & _DEPARTURES.c.ended_at.is_(None)
    execute(session, _DEPARTURES.update().where(which).values(ended_at=at))


def _row(session: Session, organization_id: str) -> tables.Departure:
    found = execute(session, _CURRENT, {"of": organization_id}).one()
    return session.get_one(tables.Departure, found.id)
