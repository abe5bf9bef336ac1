"""Queries of the directory on the browsers with which people are signed in. Secrets come in as digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.directory.tables import BrowserSession, User
from storage.queries.statements import execute, table_of

IDLE = timedelta(hours=12)
LIFETIME = timedelta(days=14)
SESSIONS_PER_USER_MAX = 50
_TOUCH_INTERVAL = timedelta(minutes=5)

_SESSIONS = table_of(BrowserSession)
_COLUMNS = _SESSIONS.c
_USERS = table_of(User)
_STANDING = (
    select(
        _COLUMNS.id,
        _COLUMNS.user_id,
        _COLUMNS.method,
        _COLUMNS.created_at,
        _COLUMNS.proved_at,
        _COLUMNS.last_used_at,
        _USERS.c.email,
    )
    .join_from(_SESSIONS, _USERS, _USERS.c.id == _COLUMNS.user_id)
    .where(
        _USERS.c.asleep_since.is_(None),
        _COLUMNS.last_used_at > bindparam("idle_since"),
        _COLUMNS.created_at > bindparam("begun_after"),
    )
)
_BY_DIGEST = _STANDING.where(_COLUMNS.digest == bindparam("digest"))
_OF_USER = _STANDING.where(_COLUMNS.user_id == bindparam("user_id")).order_by(_COLUMNS.last_used_at.desc(), _COLUMNS.id)
_ADD = _SESSIONS.insert().inline()
_CHANGE = _SESSIONS.update().where(_COLUMNS.id == bindparam("session"))
_END = _SESSIONS.delete().where(_COLUMNS.id.in_(bindparam("sessions", expanding=True)))
_END_OF_USER = _SESSIONS.delete().where(_COLUMNS.user_id == bindparam("user_id"))
_END_BY_METHOD = _SESSIONS.delete().where(_COLUMNS.method == bindparam("method"))
_END_ALL = _SESSIONS.delete()
_END_EXPIRED = _SESSIONS.delete().where(
    (_COLUMNS.last_used_at <= bindparam("idle_since")) | (_COLUMNS.created_at <= bindparam("begun_after"))
)
_BEYOND = (
    select(_COLUMNS.id)
    .where(_COLUMNS.user_id == bindparam("user_id"))
    .order_by(_COLUMNS.last_used_at.desc(), _COLUMNS.id.desc())
    .offset(SESSIONS_PER_USER_MAX - 1)
)


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser in which a person is signed in; `stale` says that its last use should be recorded anew."""

    session_id: str
    user_id: str
    email: str
    method: str
    created_at: datetime
    proved_at: datetime
    last_used_at: datetime
    stale: bool


def add_session(
    session: Session, session_id: str, digest: str, *, user_id: str, method: str, proved_at: datetime, now: datetime
) -> None:
    """A new session of the user. What has expired is forgotten, and of very many those longest unused."""
    execute(session, _END_EXPIRED, _since(now))
    if beyond := execute(session, _BEYOND, {"user_id": user_id}).scalars().all():
        end_sessions(session, list(beyond))
    moments = {"created_at": now, "proved_at": proved_at, "last_used_at": now}
    execute(session, _ADD, {"id": session_id, "digest": digest, "user_id": user_id, "method": method, **moments})


def session_of(session: Session, digest: str, *, now: datetime) -> KnownBrowser | None:
    """The session whose secret has this digest, if it is alive."""
    row = execute(session, _BY_DIGEST, {"digest": digest, **_since(now)}).first()
    return None if row is None else _known(row, now)


def sessions_of_user(session: Session, user_id: str, *, now: datetime) -> list[KnownBrowser]:
    """The user's sessions that are alive, those used last first."""
    return [_known(row, now) for row in execute(session, _OF_USER, {"user_id": user_id, **_since(now)})]


def touch(session: Session, session_id: str, *, now: datetime) -> None:
    """Record that the session was used."""
    execute(session, _CHANGE, {"session": session_id, "last_used_at": now})


def prove(session: Session, session_id: str, *, method: str, now: datetime) -> None:
    """Record how the person has just proved anew who it is."""
    execute(session, _CHANGE, {"session": session_id, "method": method, "proved_at": now, "last_used_at": now})


def end_sessions(session: Session, session_ids: list[str]) -> None:
    execute(session, _END, {"sessions": session_ids})


def end_sessions_of(session: Session, user_id: str) -> None:
    """End every session of a user."""
    execute(session, _END_OF_USER, {"user_id": user_id})


def end_sessions_by(session: Session, method: str) -> None:
    """End every session of people who have proved who they are in this way."""
    execute(session, _END_BY_METHOD, {"method": method})


def end_all_sessions(session: Session) -> None:
    execute(session, _END_ALL, {})


def _since(now: datetime) -> dict[str, datetime]:
    return {"idle_since": now - IDLE, "begun_after": now - LIFETIME}


def _known(row: Any, now: datetime) -> KnownBrowser:
    return KnownBrowser(
        session_id=row.id,
        user_id=row.user_id,
        email=row.email,
        method=row.method,
        created_at=row.created_at,
        proved_at=row.proved_at,
        last_used_at=row.last_used_at,
        stale=now - row.last_used_at >= _TOUCH_INTERVAL,
    )
