"""Queries of the directory on what clients answer to a process that did not ask, until the one that did has read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.directory.followed_tables import Reply
from storage.directory.tables import ConversationSession
from storage.queries.statements import Kept, execute, flat, table_of

KEPT_MAX = 20_000
"""So many lie there at most: whoever sends answers to nobody fills nothing."""


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A message that a client has sent in a session, for the process of this name; see `Reply`."""

    id: str
    process: str
    conversation: str
    scopes: str
    message: str
    expires_at: datetime


_REPLIES = Kept(Reply, KeptReply)
_C = _REPLIES.table.c
_SESSIONS = table_of(ConversationSession).c.id
_FOR = _REPLIES.all.where(_C.process == bindparam("process")).order_by(_C.id)
_READ = _REPLIES.table.delete().where(_C.id.in_(bindparam("replies", expanding=True)))
_OVER = _REPLIES.table.delete().where(_C.expires_at <= bindparam("now"))
_BEYOND = select(_C.id).order_by(_C.id.desc()).offset(KEPT_MAX - 1)
_THERE = select(_SESSIONS).where(_SESSIONS.in_(bindparam("sessions", expanding=True)))


def put_reply(session: Session, reply: KeptReply, *, now: datetime) -> None:
    """Keep what a client has answered, until it is read or nobody waits for it any more."""
    execute(session, _OVER, {"now": now})
    beyond = execute(session, _BEYOND).scalars().all()
    if beyond:
        execute(session, _READ, {"replies": beyond})
    _REPLIES.add(session, **flat(reply))


def replies_for(session: Session, process: str) -> list[KeptReply]:
    """What has come for a process, oldest first."""
    return _REPLIES.find(session, _FOR, process=process)


def forget_replies(session: Session, ids: Iterable[str]) -> None:
    """They were read."""
    execute(session, _READ, {"replies": list(ids)})


def sessions_there(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these sessions have not ended."""
    return set(execute(session, _THERE, {"sessions": list(ids)}).scalars())
