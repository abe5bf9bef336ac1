"""People who are signed in with a browser: their sessions begin, are found again at each request, and end.

The cookie holds a secret of 256 bits, of which the digest alone is kept; each sign-in makes a new one. The key that
forms carry follows from the secret, so that no other site and no other session can write it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from invoicing.organizations import Clock
from operations.access import Principal
from storage.directory import browsers, guessing, identity
from storage.folder.store import Store
from storage.ids import new_id

_SECRET_BYTES = 32
_MARK_BYTES = 16
_SECRET_LENGTH_MAX = 100


class Method(StrEnum):
    """How a person has proved who it is; a password counts with a one-time code alone."""

    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105  A way to sign in, not a password.
    LINK = "link"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person at a browser. `form_key` is what each form of this session carries."""

    session_id: str
    principal: Principal
    method: Method
    proved_at: datetime
    form_key: str


def begin(db: Session, user_id: str, method: Method, *, now: datetime, proved_at: datetime | None = None) -> str:
    """A new session of the user, in the transaction that has found who it is; answers the cookie's secret. Who it is
    was proved now, unless `proved_at` says when.
    """
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    identity.keep_first_sign_in(db, user_id, now=now)
    browsers.add_session(
        db,
        new_id("bro"),
        secret_digest(secret),
        user_id=user_id,
        method=method.value,
        proved_at=now if proved_at is None else min(now, proved_at),
        now=now,
    )
    return secret


async def signed_in(store: Store, clock: Clock, secret: str) -> SignedIn | None:
    """Who is signed in with this cookie's secret; None where nobody is (any more)."""
    if not secret or len(secret) > _SECRET_LENGTH_MAX:
        return None
    now, digest = store.moments.no_earlier(clock()), secret_digest(secret)
    found = await store.directory.read(lambda db: browsers.session_of(db, digest, now=now))
    if found is None:
        return None
    if found.stale:
        await store.directory.note(lambda db: browsers.touch(db, found.session_id, now=now))
    return SignedIn(
        session_id=found.session_id,
        principal=Principal(user_id=found.user_id, label=found.email),
        method=Method(found.method),
        proved_at=found.proved_at,
        form_key=_form_key(secret),
    )


async def end_session(store: Store, session_id: str) -> None:
    """End a session that `signed_in` found."""
    await store.directory.write(lambda db: browsers.end_sessions(db, [session_id]))


def is_form_key(one: SignedIn, given: str) -> bool:
    """Whether a form was made for this session."""
    return hmac.compare_digest(one.form_key.encode(), given.encode())


def new_mark() -> str:
    """What a form carries whose act is to happen once, however often it is sent."""
    return secrets.token_hex(_MARK_BYTES)


async def is_first_time(store: Store, clock: Clock, one: SignedIn, mark: str) -> bool:
    """Use up the mark of a form of this session; whether it was not sent before."""
    now, digest = store.moments.no_earlier(clock()), _digest_of_mark(one, mark)
    # Forms are of their session: after it none counts any more.
    expires_at = now + browsers.LIFETIME
    return len(mark) == 2 * _MARK_BYTES and await store.directory.write(
        lambda db: guessing.spend_challenge(db, digest, expires_at=expires_at, now=now)
    )


async def give_back_mark(store: Store, one: SignedIn, mark: str) -> None:
    """Let a form of this session be sent again: nothing came of it."""
    digest = _digest_of_mark(one, mark)
    await store.directory.write(lambda db: guessing.give_back_challenge(db, digest))


def _digest_of_mark(one: SignedIn, mark: str) -> str:
    return secret_digest(f"{one.session_id} {mark}")


def secret_digest(secret: str) -> str:
    """By which the secret of a cookie, or of a link that signs in, is known."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _form_key(secret: str) -> str:
    return hmac.digest(secret.encode(), b"counterfoil form", hashlib.sha256).hex()
