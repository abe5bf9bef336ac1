"""Queries of the directory that keep others from guessing: pauses between attempts, and challenges that count once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from storage.directory.identity_tables import SignInPause, SpentChallenge
from storage.queries.once import Once
from storage.queries.statements import execute, table_of

REMEMBERED = timedelta(hours=24)
SUBJECTS_MAX = 20_000

_PAUSES, _SPENT = table_of(SignInPause), Once(SpentChallenge)
_P = _PAUSES.c
_OF = select(_P.attempts, _P.free_at).where(_P.subject == bindparam("key"), _P.last_at > bindparam("long_ago"))
_FORGET = _PAUSES.delete().where(_P.subject == bindparam("key"))
_FORGET_OLD = _PAUSES.delete().where(_P.last_at <= bindparam("long_ago"))
_COUNT = select(func.count()).select_from(_PAUSES)
_OLDEST = select(_P.subject).order_by(_P.last_at).limit(SUBJECTS_MAX // 10)
_FORGET_THESE = _PAUSES.delete().where(_P.subject.in_(bindparam("keys", expanding=True)))
_ADD = _PAUSES.insert().inline()


@dataclass(frozen=True, slots=True)
class Pauses:
    """How attempts slow down: `free` of them come without a pause; then each one doubles it, from a second up to
    `longest`. After a day without an attempt it begins anew.
    """

    free: int
    longest: timedelta

    def after(self, attempts: int) -> timedelta:
        """The pause after so many attempts."""
        beyond = attempts - self.free
        return min(self.longest, timedelta(seconds=2 ** min(beyond - 1, 20))) if beyond > 0 else timedelta()


def seconds_to_wait(session: Session, subject: str, *, now: datetime) -> int:
    """After how many seconds the next attempt is looked at; 0: at once."""
    _, free_at = _found(session, subject, now)
    return max(0, -(-(free_at - now) // timedelta(seconds=1)))


def count_attempt(session: Session, subject: str, pauses: Pauses, *, now: datetime) -> None:
    """Count an attempt before it is looked at, so that many at once are many."""
    attempts = _found(session, subject, now)[0] + 1
    execute(session, _FORGET, {"key": subject})
    _make_room(session, now)
    execute(
        session,
        _ADD,
        {"subject": subject, "attempts": attempts, "last_at": now, "free_at": now + pauses.after(attempts)},
    )


def forget_attempts(session: Session, subject: str) -> None:
    """Begin anew: it was the right one."""
    execute(session, _FORGET, {"key": subject})


def spend_challenge(session: Session, digest: str, *, expires_at: datetime, now: datetime) -> bool:
    """Record that a challenge was answered; false where it was before."""
    return _SPENT.use(session, digest, expires_at=expires_at, now=now)


def give_back_challenge(session: Session, digest: str) -> None:
    """Let a challenge be answered again."""
    _SPENT.give_back(session, digest)


def _found(session: Session, subject: str, now: datetime) -> tuple[int, datetime]:
    row = execute(session, _OF, {"key": subject, "long_ago": now - REMEMBERED}).first()
    return (0, now) if row is None else (row.attempts, row.free_at)


def _make_room(session: Session, now: datetime) -> None:
    execute(session, _FORGET_OLD, {"long_ago": now - REMEMBERED})
    if execute(session, _COUNT).scalar_one() >= SUBJECTS_MAX:
        execute(session, _FORGET_THESE, {"keys": execute(session, _OLDEST).scalars().all()})
