"""Queries on what people have signed, what they were shown and have not signed yet, and the keys to vouch with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.approval.approvals import How
from invoicing.approval.signing import Signature
from storage.books.approval_tables import ApprovalChallenge, ApprovalKey, ApprovalSignature
from storage.queries.statements import Kept, execute, flat
from storage.queries.tuples import after
from storage.work.asking import Ask, each

_SIGNATURES = Kept(ApprovalSignature, Signature, method=How)
_OF = _SIGNATURES.table.c
_PAGE = 200
_AFTER = (
    _SIGNATURES.all.add_columns(_OF.id).where(after((_OF.id,), (bindparam("after_id"),))).order_by(_OF.id).limit(_PAGE)
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a person was shown: the statement's text, and the nonce with which it is signed."""

    nonce: str
    statement: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key of the installation: its public half as base64url, and the other one sealed."""

    public_key: str
    sealed: str
    made_at: datetime


_CHALLENGES = Kept(ApprovalChallenge, Challenge)
_KEYS = Kept(ApprovalKey, SealedKey)
_NEWEST_KEY = _KEYS.all.order_by(_KEYS.table.c.made_at.desc()).limit(1)
_PUBLIC = select(_KEYS.table.c.public_key)
_SHOWN = _CHALLENGES.table.c
_FORGET = _CHALLENGES.table.delete().where(_SHOWN.made_at < bindparam("oldest", type_=_SHOWN.made_at.type))


def add_signature(session: Session, signature: Signature) -> None:
    """Keep a signature for ever."""
    _SIGNATURES.add(session, id=signature.id, **flat(signature))


def signatures(ask: Ask) -> dict[str, Signature]:
    """All signatures, by their ids as they are kept."""
    return dict(each(ask, _signatures_page, ""))


def _signatures_page(key: str, session: Session) -> tuple[str, list[tuple[str, Signature]]] | None:
    rows = execute(session, _AFTER, {"after_id": key}).all()
    return (rows[-1][-1], [(row[-1], _SIGNATURES.of(row[:-1])) for row in rows]) if rows else None


def challenge_for(session: Session, approval_id: str, user_id: str) -> Challenge | None:
    """What the person was last shown of what waits."""
    return _CHALLENGES.get(session, approval_id, user_id)


def keep_challenge(session: Session, approval_id: str, user_id: str, challenge: Challenge) -> None:
    """Keep what the person is shown now; what the same person was shown before counts no more."""
    values = flat(challenge)
    if not _CHALLENGES.change(session, approval_id, user_id, **values):
        _CHALLENGES.add(session, approval_id=approval_id, user_id=user_id, **values)


def forget_challenges(session: Session, *, before: datetime) -> None:
    """Forget what anybody was shown before this moment."""
    execute(session, _FORGET, {"oldest": before})


def newest_key(session: Session) -> SealedKey | None:
    return next(iter(_KEYS.find(session, _NEWEST_KEY)), None)


def add_key(session: Session, key: SealedKey) -> None:
    _KEYS.add(session, **flat(key))


def public_keys(session: Session) -> frozenset[str]:
    """The public halves of all keys of the installation that were ever made for these books."""
    return frozenset(execute(session, _PUBLIC).scalars())
