"""Queries of the directory on links that sign a person in once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session

from storage.directory.identity_tables import SignInLink
from storage.queries.statements import Kept, execute, flat


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A link; with an `organization_id` it is an invitation to belong to that one."""

    id: str
    digest: str
    user_id: str
    organization_id: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


_LINKS = Kept(SignInLink, KnownLink)
_TABLE = _LINKS.table
_BY_DIGEST = _LINKS.all.where(
    _TABLE.c.digest == bindparam("digest"), _TABLE.c.used_at.is_(None), _TABLE.c.expires_at > bindparam("now")
)
_FORGET_ALL = _TABLE.delete()
_FORGET_OF = _FORGET_ALL.where(_TABLE.c.user_id == bindparam("user"))
_FORGET_EXPIRED = _FORGET_ALL.where(_TABLE.c.expires_at <= bindparam("now"))
_USE = (
    _TABLE.update().where(_TABLE.c.id == bindparam("link"), _TABLE.c.used_at.is_(None)).values(used_at=bindparam("now"))
)


def add_link(session: Session, link: KnownLink) -> None:
    """Add a link; those that have expired are forgotten."""
    execute(session, _FORGET_EXPIRED, {"now": link.created_at})
    _LINKS.add(session, **flat(link))


def open_link(session: Session, digest: str, *, now: datetime) -> KnownLink | None:
    """The link whose secret has this digest, if it is neither used nor expired."""
    return next(iter(_LINKS.find(session, _BY_DIGEST, digest=digest, now=now)), None)


def use_link(session: Session, link_id: str, *, now: datetime) -> bool:
    """Record that a link was used; false where it was before."""
    return execute(session, _USE, {"link": link_id, "now": now}).rowcount > 0


def forget_links_of(session: Session, user_id: str) -> None:
    """End every link of a user."""
    execute(session, _FORGET_OF, {"user": user_id})


def forget_all_links(session: Session) -> None:
    execute(session, _FORGET_ALL, {})
