"""Queries of the directory on work that somebody follows on a page, whichever process is at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session

from storage.directory.followed_tables import FollowedWork
from storage.queries.statements import Kept, execute, flat

ALIVE_FOR = timedelta(minutes=1)
"""So long after a process has last said that it is at some work, it is taken to have ended."""
_FORGOTTEN_AT_ONCE_MAX = 100


@dataclass(frozen=True, slots=True)
class Followed:
    """Work that somebody follows; see `FollowedWork`."""

    id: str
    kind: str
    organization_id: str
    by: str
    state: str
    begun_at: datetime
    alive_at: datetime | None
    expires_at: datetime


_WORK = Kept(FollowedWork, Followed)
_C = _WORK.table.c
_NOW: BindParameter[datetime] = bindparam("now")
_HERE = (
    _C.kind == bindparam("kind"),
    _C.organization_id == bindparam("organization"),
    _C.expires_at > _NOW,
    _C.alive_at.is_(None) | (_C.alive_at > bindparam("long_ago")),
)
_ONE = _WORK.all.where(_C.id == bindparam("work"), *_HERE)
_ALL = _WORK.all.where(*_HERE).order_by(_C.begun_at.desc(), _C.id.desc())
_EXPIRED = (
    _WORK.all.where(_C.kind == bindparam("kind"), _C.expires_at <= _NOW)
    .order_by(_C.expires_at, _C.id)
    .limit(_FORGOTTEN_AT_ONCE_MAX)
)
_FORGET = _WORK.table.delete().where(_C.id == bindparam("work"))


def put_followed(session: Session, work: Followed) -> None:
    """Keep how far it is."""
    if not _WORK.change(session, work.id, state=work.state, alive_at=work.alive_at, expires_at=work.expires_at):
        _WORK.add(session, **flat(work))


def find_followed(session: Session, kind: str, organization_id: str, work_id: str, *, now: datetime) -> Followed | None:
    """The work of this id, of this organization; None where there is none, or not any more."""
    return next(iter(_found(session, _ONE, kind, organization_id, now, work=work_id)), None)


def all_followed(session: Session, kind: str, organization_id: str, *, now: datetime) -> list[Followed]:
    """That of an organization, the newest first."""
    return _found(session, _ALL, kind, organization_id, now)


def expired_followed(session: Session, kind: str, *, now: datetime) -> list[Followed]:
    """What has expired, some of the oldest."""
    return _WORK.find(session, _EXPIRED, kind=kind, now=now)


def forget_followed(session: Session, work_id: str) -> bool:
    """Forget it; false where it is not known."""
    return execute(session, _FORGET, {"work": work_id}).rowcount > 0


def _found(
    session: Session, statement: object, kind: str, organization_id: str, now: datetime, **more: str
) -> list[Followed]:
    values = {"kind": kind, "organization": organization_id, "now": now, "long_ago": now - ALIVE_FOR, **more}
    return _WORK.find(session, statement, **values)  # type: ignore[arg-type]  # Made from `all` above.
