"""Queries of the directory on how people prove who they are: passwords, one-time codes, passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, union
from sqlmodel import Session

from storage.directory.identity_tables import OneTimeCodes, Passkey, Password
from storage.directory.provider_tables import ExternalIdentity
from storage.directory.tables import Credential, User
from storage.queries.statements import Kept, execute, flat, table_of


@dataclass(frozen=True, slots=True)
class KnownPassword:
    """A password as it is hashed."""

    user_id: str
    hash: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """What a person's one-time codes are made from, sealed; it counts from `confirmed_at` on."""

    id: str
    user_id: str
    sealed: str
    last_step: int
    created_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey of a person; ids and keys are in base64url."""

    id: str
    user_id: str
    credential_id: str
    public_key: str
    sign_count: int
    host: str
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


_PASSWORDS, _CODES = Kept(Password, KnownPassword), Kept(OneTimeCodes, KnownCodes)
_PASSKEYS = Kept(Passkey, KnownPasskey)
_USERS, _CREDENTIALS, _IDENTITIES = table_of(User), table_of(Credential), table_of(ExternalIdentity)
_PASSWORD, _CODE, _KEY = _PASSWORDS.table, _CODES.table, _PASSKEYS.table
_FORGET_PASSWORD = _PASSWORD.delete().where(_PASSWORD.c.user_id == bindparam("user"))
_CODES_OF = _CODES.all.where(_CODE.c.user_id == bindparam("user"), _CODE.c.confirmed_at.is_not(None))
_CODES_TO_CONFIRM = _CODES.all.where(_CODE.c.user_id == bindparam("user"), _CODE.c.confirmed_at.is_(None))
_SEALED = select(_CODE.c.sealed)
_FORGET_CODES = _CODE.delete().where(_CODE.c.user_id == bindparam("user"))
_FORGET_UNCONFIRMED = _FORGET_CODES.where(_CODE.c.confirmed_at.is_(None))
_FORGET_OTHER_CODES = _FORGET_CODES.where(_CODE.c.id != bindparam("codes"))
_USE_STEP = (
    _CODE.update()
    .where(_CODE.c.id == bindparam("codes"), _CODE.c.last_step < bindparam("step"))
    .values(last_step=bindparam("step"))
)
_PASSKEYS_OF = _PASSKEYS.all.where(_KEY.c.user_id == bindparam("user")).order_by(_KEY.c.created_at, _KEY.c.id)
_PASSKEY = _PASSKEYS.all.where(_KEY.c.credential_id == bindparam("credential"))
_COUNT_AT = select(func.count()).where(_KEY.c.host == bindparam("host"))
_FORGET_PASSKEY = _KEY.delete().where(_KEY.c.id == bindparam("passkey"), _KEY.c.user_id == bindparam("user"))
_WHO_HAS_WAYS = union(select(_PASSWORD.c.user_id), select(_KEY.c.user_id))
_COUNT_PEOPLE = select(func.count()).select_from(_WHO_HAS_WAYS.subquery())
_SLEEPS = select(_USERS.c.asleep_since).where(_USERS.c.id == bindparam("user"))
_FIRST = select(_USERS.c.signed_in_at).where(_USERS.c.id == bindparam("user"))
_KEEP_FIRST = (
    _USERS.update()
    .where(_USERS.c.id == bindparam("user"), _USERS.c.signed_in_at.is_(None))
    .values(signed_in_at=bindparam("now"))
)
_HAS_CREDENTIAL = select(_CREDENTIALS.c.id).where(_CREDENTIALS.c.user_id == bindparam("user")).limit(1)
_IS_VOUCHED_FOR = select(_IDENTITIES.c.subject).where(_IDENTITIES.c.user_id == bindparam("user")).limit(1)
_WAKE = (
    _USERS.update()
    .where(_USERS.c.id == bindparam("user"), _USERS.c.asleep_since.is_not(None))
    .values(asleep_since=None)
)


def password_of(session: Session, user_id: str) -> KnownPassword | None:
    return _PASSWORDS.get(session, user_id)


def keep_password(session: Session, user_id: str, hashed: str, *, now: datetime) -> None:
    """Keep a user's password in the place of the one before."""
    if not _PASSWORDS.change(session, user_id, hash=hashed, changed_at=now):
        _PASSWORDS.add(session, user_id=user_id, hash=hashed, changed_at=now)


def forget_password(session: Session, user_id: str) -> None:
    execute(session, _FORGET_PASSWORD, {"user": user_id})


def codes_of(session: Session, user_id: str) -> KnownCodes | None:
    """What the user's one-time codes are made from, once it is confirmed."""
    return next(iter(_CODES.find(session, _CODES_OF, user=user_id)), None)


def sealed_codes(session: Session) -> list[str]:
    """What everybody's one-time codes are made from, sealed."""
    return list(execute(session, _SEALED).scalars())


def codes_to_confirm(session: Session, user_id: str) -> KnownCodes | None:
    """What the user has been shown, and no code has confirmed yet."""
    return next(iter(_CODES.find(session, _CODES_TO_CONFIRM, user=user_id)), None)


def add_codes(session: Session, codes: KnownCodes) -> None:
    """Keep what the user is shown, until a code confirms it, in the place of what was shown before."""
    execute(session, _FORGET_UNCONFIRMED, {"user": codes.user_id})
    _CODES.add(session, **flat(codes))


def confirm_codes(session: Session, codes: KnownCodes, *, now: datetime) -> None:
    """From now on the user's codes are made from this, and from nothing else."""
    _CODES.change(session, codes.id, confirmed_at=now)
    execute(session, _FORGET_OTHER_CODES, {"user": codes.user_id, "codes": codes.id})


def use_step(session: Session, codes_id: str, step: int) -> bool:
    """Record that the code of this step was used; false where it, or a later one, was used before."""
    return execute(session, _USE_STEP, {"codes": codes_id, "step": step}).rowcount > 0


def forget_codes(session: Session, user_id: str) -> None:
    execute(session, _FORGET_CODES, {"user": user_id})


def add_passkey(session: Session, passkey: KnownPasskey) -> None:
    _PASSKEYS.add(session, **flat(passkey))


def passkeys_of(session: Session, user_id: str) -> list[KnownPasskey]:
    """The user's passkeys, oldest first."""
    return _PASSKEYS.find(session, _PASSKEYS_OF, user=user_id)


def passkey_of(session: Session, credential_id: str) -> KnownPasskey | None:
    """The passkey that a device calls so."""
    return next(iter(_PASSKEYS.find(session, _PASSKEY, credential=credential_id)), None)


def use_passkey(session: Session, passkey_id: str, *, sign_count: int, now: datetime) -> None:
    """Record that a passkey was used, and what its device counts now."""
    _PASSKEYS.change(session, passkey_id, sign_count=sign_count, last_used_at=now)


def forget_passkey(session: Session, user_id: str, passkey_id: str) -> bool:
    """Forget a passkey of the user; false where it is none of theirs."""
    return execute(session, _FORGET_PASSKEY, {"passkey": passkey_id, "user": user_id}).rowcount > 0


def count_passkeys_at(session: Session, host: str) -> int:
    """How many passkeys are used at this host."""
    return int(execute(session, _COUNT_AT, {"host": host}).scalar_one())


def count_people(session: Session) -> int:
    """How many people have a way to sign in."""
    return int(execute(session, _COUNT_PEOPLE).scalar_one())


def keep_first_sign_in(session: Session, user_id: str, *, now: datetime) -> None:
    """Record that the user has signed in, if that is the first time."""
    # Users say who reaches what: no statement unless there is something to change.
    if execute(session, _FIRST, {"user": user_id}).scalar() is None:
        execute(session, _KEEP_FIRST, {"user": user_id, "now": now})


def was_here(session: Session, user_id: str) -> bool:
    """Whether the user ever signed in, had a token or a connection, or is known to an identity provider."""
    if execute(session, _FIRST, {"user": user_id}).scalar() is not None:
        return True
    return any(execute(session, query, {"user": user_id}).first() for query in (_HAS_CREDENTIAL, _IS_VOUCHED_FOR))


def is_asleep(session: Session, user_id: str) -> bool:
    """Whether the user's ways to sign in wait for a sign-in link."""
    return execute(session, _SLEEPS, {"user": user_id}).scalar() is not None


def wake(session: Session, user_id: str) -> bool:
    """Let the user's ways to sign in count again; false where they did."""
    # Users say who reaches what: no statement unless there is something to change.
    return is_asleep(session, user_id) and execute(session, _WAKE, {"user": user_id}).rowcount > 0
