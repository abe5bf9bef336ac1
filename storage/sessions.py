"""Queries of the directory on conversation sessions: the active organization of each conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from storage.tables.directory import ConversationSession

LIFETIME = timedelta(hours=24)
SESSIONS_PER_PRINCIPAL_MAX = 1_000
_TOUCH_INTERVAL = timedelta(minutes=10)


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


def open_session(session: Session, session_id: str, *, principal: str, connection: str, now: datetime) -> None:
    """A new session in which no organization is active yet."""
    _make_room(session, principal, now)
    session.add(
        ConversationSession(id=session_id, principal=principal, connection=connection, created_at=now, last_used_at=now)
    )
    session.flush()


def is_open(session: Session, session_id: str, *, principal: str, connection: str, now: datetime) -> tuple[bool, bool]:
    """Whether this caller's session is there, and whether its last use should be recorded anew."""
    row = _alive(session, session_id, principal=principal, connection=connection, now=now)
    return row is not None, row is not None and now - row.last_used_at >= _TOUCH_INTERVAL


def end_session(session: Session, session_id: str) -> None:
    row = session.get(ConversationSession, session_id)
    if row is not None:
        session.delete(row)


def activate(
    session: Session, session_id: str, organization_id: str, *, principal: str, connection: str, now: datetime
) -> bool:
    """Make the organization the session's active one; false where the session is not this caller's."""
    row = session.get(ConversationSession, session_id)
    if row is None:
        _make_room(session, principal, now)
        session.add(
            ConversationSession(
                id=session_id,
                principal=principal,
                connection=connection,
                organization_id=organization_id,
                created_at=now,
                last_used_at=now,
            )
        )
        return True
    if (row.principal, row.connection) != (principal, connection):
        return False
    row.organization_id, row.last_used_at = organization_id, now
    return True


def touch(session: Session, session_id: str, *, now: datetime) -> None:
    """Record that the session was used."""
    row = session.get(ConversationSession, session_id)
    if row is not None:
        row.last_used_at = now


def _alive(
    session: Session, session_id: str, *, principal: str, connection: str, now: datetime
) -> ConversationSession | None:
    row = session.get(ConversationSession, session_id)
    if row is None or (row.principal, row.connection) != (principal, connection):
        return None
    return None if now - row.last_used_at >= LIFETIME else row


def _make_room(session: Session, principal: str, now: datetime) -> None:
    """Forget what has expired, and of a principal with very many sessions those longest unused.

    Some clients open a session for each call: they lose their oldest ones, and lock nobody out.
    """
    session.execute(delete(ConversationSession).where(col(ConversationSession.last_used_at) <= now - LIFETIME))
    beyond = (
        select(ConversationSession.id)
        .where(col(ConversationSession.principal) == principal)
        .order_by(col(ConversationSession.last_used_at).desc(), col(ConversationSession.created_at).desc())
        .offset(SESSIONS_PER_PRINCIPAL_MAX - 1)
    )
    session.execute(delete(ConversationSession).where(col(ConversationSession.id).in_(session.exec(beyond).all())))
