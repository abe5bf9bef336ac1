"""Queries of the directory on conversation sessions: the active organization of each conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from storage.tables.directory import ConversationSession

LIFETIME = timedelta(hours=24)
_TOUCH_INTERVAL = timedelta(minutes=10)


def active_organization(
    session: Session, session_id: str, *, principal: str, connection: str, now: datetime
) -> tuple[str, bool] | None:
    """The session's organization, and whether its last use should be recorded anew.

    None where the session is unknown, expired, or another principal's or connection's: all alike.
    """
    row = session.get(ConversationSession, session_id)
    if row is None or (row.principal, row.connection) != (principal, connection):
        return None
    if now - row.last_used_at >= LIFETIME:
        return None
    return row.organization_id, now - row.last_used_at >= _TOUCH_INTERVAL


def activate(
    session: Session, session_id: str, organization_id: str, *, principal: str, connection: str, now: datetime
) -> bool:
    """Make the organization the session's active one; false where the session is not this caller's."""
    row = session.get(ConversationSession, session_id)
    if row is None:
        _forget_expired(session, now)
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


def _forget_expired(session: Session, now: datetime) -> None:
    session.execute(delete(ConversationSession).where(col(ConversationSession.last_used_at) <= now - LIFETIME))
