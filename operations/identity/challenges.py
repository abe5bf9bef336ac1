"""Challenges that passkeys answer. None is kept before it is answered, so that strangers cannot fill anything up; an
answer counts for what it was asked for, for ten minutes, and once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from storage.directory import guessing
from storage.folder.store import Store

LIFETIME = timedelta(minutes=10)
_NONCE_BYTES, _TIME_BYTES = 16, 8


def new_challenge(store: Store, purpose: str, *, now: datetime) -> bytes:
    """A challenge for one purpose, such as to sign in, or to approve what has a certain digest in a certain session.

    Raises:
        Unavailable: there is no key to be had.
    """
    expires = int((now + LIFETIME).timestamp())
    begun = secrets.token_bytes(_NONCE_BYTES) + expires.to_bytes(_TIME_BYTES, "big")
    return begun + _seal(store, begun, purpose)


def use_challenge(db: Session, store: Store, challenge: bytes, purpose: str, *, now: datetime) -> bool:
    """Use up a challenge; whether it is ours, for this purpose, and neither expired nor used before."""
    begun, seal = challenge[: _NONCE_BYTES + _TIME_BYTES], challenge[_NONCE_BYTES + _TIME_BYTES :]
    if not hmac.compare_digest(seal, _seal(store, begun, purpose)):
        return False
    expires_at = datetime.fromtimestamp(int.from_bytes(begun[_NONCE_BYTES:], "big"), UTC)
    digest = hashlib.sha256(challenge).hexdigest()
    return expires_at > now and guessing.spend_challenge(db, digest, expires_at=expires_at, now=now)


def _seal(store: Store, begun: bytes, purpose: str) -> bytes:
    return hmac.digest(store.keys.key("challenges"), begun + purpose.encode(), hashlib.sha256)
