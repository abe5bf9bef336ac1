"""One-time codes of six digits, which change every half minute (RFC 6238). Each counts once; one half minute of drift
is allowed either way.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from sqlmodel import Session

from operations.identity.sealing import seal, unseal
from storage.directory import identity
from storage.directory.identity import KnownCodes
from storage.folder.store import Store
from storage.ids import new_id

ISSUER = "Counterfoil"
_PURPOSE = "one-time codes"
_STEP_SECONDS = 30
_DRIFT_STEPS = 1


@dataclass(frozen=True, slots=True)
class ShownCodes:
    """What an authenticator app is told, once: the secret to be typed, and the same as the address of a picture, a QR
    code (SVG).
    """

    secret: str
    picture: str


def begin_codes(db: Session, store: Store, user_id: str, *, now: datetime) -> KnownCodes:
    """What the user's codes will be made from, once a code has confirmed it.

    Raises:
        Unavailable: there is no key to seal it with.
    """
    codes_id, secret = new_id("otc"), pyotp.random_base32(32)
    sealed = seal(store, secret.encode(), purpose=_PURPOSE, row=codes_id)
    begun = KnownCodes(codes_id, user_id, sealed, last_step=0, created_at=now)
    identity.add_codes(db, begun)
    return begun


def shown_codes(store: Store, codes: KnownCodes, email: str) -> ShownCodes:
    """What is shown of codes that are to be confirmed.

    Raises:
        Unsealable: the key with which it was sealed is not there.
    """
    secret = _secret(store, codes)
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    return ShownCodes(" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)), picture)


def use_code(db: Session, store: Store, codes: KnownCodes, code: str, *, now: datetime) -> bool:
    """Use up a code; whether it was right, and neither it nor a later one was used before.

    Raises:
        Unsealable: the key with which the secret was sealed is not there.
    """
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return False
    made, step = pyotp.TOTP(_secret(store, codes)), int(now.timestamp()) // _STEP_SECONDS
    near = range(step - _DRIFT_STEPS, step + _DRIFT_STEPS + 1)
    fitting = [one for one in near if hmac.compare_digest(made.at(one * _STEP_SECONDS), given)]
    return bool(fitting) and identity.use_step(db, codes.id, fitting[0])


def _secret(store: Store, codes: KnownCodes) -> str:
    return unseal(store, codes.sealed, purpose=_PURPOSE, row=codes.id).decode()
