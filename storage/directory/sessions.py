"""Queries of the directory on conversation sessions: the active organization of each conversation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.directory.tables import ConversationSession
from storage.queries.statements import execute, table_of

LIFETIME = timedelta(hours=24)
SESSIONS_PER_PRINCIPAL_MAX = 1_000
_TOUCH_INTERVAL = timedelta(minutes=10)

_SESSIONS = table_of(ConversationSession)
_COLUMNS = _SESSIONS.c
_THIS_ONE = _COLUMNS.id == bindparam("session")
_BY_ID = select(
    _COLUMNS.principal,
    _COLUMNS.connection,
    _COLUMNS.organization_id,
    _COLUMNS.last_used_at,
    _COLUMNS.revision,
    _COLUMNS.capabilities,
).where(_THIS_ONE)
_ADD = _SESSIONS.insert().inline()
_CHANGE = _SESSIONS.update().where(_THIS_ONE)
_FORGET = _SESSIONS.delete().where(_COLUMNS.id.in_(bindparam("sessions", expanding=True)))
_FORGET_EXPIRED = _SESSIONS.delete().where(_COLUMNS.last_used_at <= bindparam("long_ago"))
_BEYOND = (
    select(_COLUMNS.id)
    .where(_COLUMNS.principal == bindparam("principal"))
    .order_by(_COLUMNS.last_used_at.desc(), _COLUMNS.created_at.desc())
    .offset(SESSIONS_PER_PRINCIPAL_MAX - 1)
)


@dataclass(frozen=True, slots=True)
class SessionClient:
    """What a client said of itself when its session began: the revision that was agreed on, and as JSON what it can
    be asked in the middle of a call. Both are empty where there was no handshake.
    """

    revision: str = ""
    capabilities: str = ""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is alive; `stale` says that its use is to be recorded anew."""

    id: str
    client: SessionClient
    stale: bool


def active_organization(
    session: Session, session_id: str, *, principal: str, connection: str, now: datetime
) -> tuple[str, bool] | None:
    """The session's organization, and whether its last use should be recorded anew.

    None where the session is unknown, expired, or another principal's or connection's: all alike.
    """
    row = _alive(session, session_id, principal=principal, connection=connection, now=now)
    if row is None or row.organization_id is None:
        return None
    return row.organization_id, now - row.last_used_at >= _TOUCH_INTERVAL


def open_session(
    session: Session, session_id: str, client: SessionClient, *, principal: str, connection: str, now: datetime
) -> None:
    """A new session in which no organization is active yet."""
    _make_room(session, principal, now)
    _add(session, session_id, client, principal=principal, connection=connection, organization_id=None, now=now)


def find_open(
    session: Session, session_id: str, *, principal: str, connection: str, now: datetime
) -> OpenSession | None:
    """This caller's session; None where it is unknown, expired, or another principal's or connection's."""
    row = _alive(session, session_id, principal=principal, connection=connection, now=now)
    if row is None:
        return None
    client = SessionClient(row.revision, row.capabilities)
    return OpenSession(session_id, client, stale=now - row.last_used_at >= _TOUCH_INTERVAL)


def end_session(session: Session, session_id: str) -> None:
    execute(session, _FORGET, {"sessions": [session_id]})


def activate(
    session: Session, session_id: str, organization_id: str, *, principal: str, connection: str, now: datetime
) -> bool:
    """Make the organization the session's active one; false where the session is not this caller's."""
    row = execute(session, _BY_ID, {"session": session_id}).first()
    if row is None:
        _make_room(session, principal, now)
        _add(
            session,
            session_id,
            SessionClient(),
            principal=principal,
            connection=connection,
            organization_id=organization_id,
            now=now,
        )
        return True
    if (row.principal, row.connection) != (principal, connection):
        return False
    execute(session, _CHANGE, {"session": session_id, "organization_id": organization_id, "last_used_at": now})
    return True


def touch(session: Session, session_id: str, *, now: datetime) -> None:
    """Record that the session was used."""
    execute(session, _CHANGE, {"session": session_id, "last_used_at": now})


def _add(
    session: Session,
    session_id: str,
    client: SessionClient,
    *,
    principal: str,
    connection: str,
    organization_id: str | None,
    now: datetime,
) -> None:
    new = {"id": session_id, "principal": principal, "connection": connection, "organization_id": organization_id}
    execute(session, _ADD, {**new, **asdict(client), "created_at": now, "last_used_at": now})


def _alive(session: Session, session_id: str, *, principal: str, connection: str, now: datetime) -> Any:
    """The row of this caller's session, or None."""
    row = execute(session, _BY_ID, {"session": session_id}).first()
    if row is None or (row.principal, row.connection) != (principal, connection):
        return None
    return None if now - row.last_used_at >= LIFETIME else row


def _make_room(session: Session, principal: str, now: datetime) -> None:
    """Forget what has expired, and of a principal with very many sessions those longest unused.

    Some clients open a session for each call: they lose their oldest ones, and lock nobody out.
    """
    execute(session, _FORGET_EXPIRED, {"long_ago": now - LIFETIME})
    beyond = execute(session, _BEYOND, {"principal": principal}).scalars().all()
    if beyond:
        execute(session, _FORGET, {"sessions": beyond})
