"""Statements that an identity provider signs (JSON Web Tokens): their signature, their form, and when they count.

The algorithm is one of a few with a key pair: neither `none` nor one in which our own secret would be the key. The key
is the provider's, found by its name alone: a key or address that a statement brings along is not looked at.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from server.oauth.plain_json import is_plain

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
LENGTH_MAX = 32_768
LEEWAY = timedelta(minutes=1)
LIFETIME_MAX = timedelta(hours=24)
"""A statement that is to count for longer is not one about somebody who is there now."""

_RSA_BITS_MIN = 2_048
_EDWARDS = ("EdDSA", "Ed25519")
Key = RSAKey | ECKey | OKPKey
Claims = dict[str, Any]


class NotGenuine(Exception):
    """A statement that is not what it claims to be. `reason` is our own text, for the operator's log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKey(NotGenuine):
    """The statement names a key that is not among those that are known."""

    def __init__(self) -> None:
        super().__init__("it is signed with a key that the provider does not name")


def claims_of(text: str, keys: Sequence[Mapping[str, Any]], *, types: Collection[str]) -> Claims:
    """What a statement says, once its signature was found to be of one of these keys, which are JWK. Its `typ` is one
    of `types`, in small letters; empty stands for none.

    Raises:
        UnknownKey: it names another key.
        NotGenuine: it is anything else than such a statement.
    """
    header = _header(text)
    if str(header.get("typ", "")).lower() not in types:
        raise NotGenuine("it is another kind of statement")
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise NotGenuine("it is signed in a way that is not accepted")
    try:
        with warnings.catch_warnings():
            # Of keys that are not used anyway, and of the old name of an algorithm that most providers still write.
            warnings.simplefilter("ignore", SecurityWarning)
            key = _key(header.get("kid"), algorithm, keys)
            claims = dict(jwt.decode(text, key, algorithms=[algorithm]).claims)
    except (JoseError, ValueError, RecursionError):
        raise NotGenuine("its signature does not hold") from None
    if not is_plain(claims):
        raise NotGenuine("it cannot be read")
    return claims


def check_times(claims: Claims, now: datetime, *, most: timedelta = LIFETIME_MAX) -> datetime:
    """Until when a statement counts, which is not over, and not longer than `most` from when it was made.

    Raises:
        NotGenuine: it has expired, is of the future, or does not say.
    """
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    issued, expires, begins = (_moment_in(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or expires is None:
        raise NotGenuine("it does not say from when to when it counts")
    # Written so that what is no number at all (NaN) fits neither.
    if not (issued <= moment + leeway and (begins is None or begins <= moment + leeway)):
        raise NotGenuine("it does not count yet")
    if not moment < expires + leeway:
        raise NotGenuine("it has expired")
    if not 0 < expires - issued <= most.total_seconds():
        raise NotGenuine("it would count for too long")
    return now + timedelta(seconds=expires - moment) + LEEWAY


def text_in(claims: Claims, name: str) -> str:
    """A claim that is a text; empty where there is none."""
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def number_in(claims: Claims, name: str) -> int | float | None:
    """A claim that is a number; None where there is none."""
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _header(text: str) -> Mapping[str, Any]:
    if len(text) > LENGTH_MAX or not text.isascii():
        raise NotGenuine("it is no statement")
    try:
        return jws.extract_compact(text.encode("ascii")).headers()
    except (JoseError, ValueError, RecursionError):
        raise NotGenuine("it is no statement") from None


def _key(kid: object, algorithm: str, keys: Sequence[Mapping[str, Any]]) -> Key:
    """The key of this name; one that has none is found where there is but one."""
    fitting = [one for one in keys if _fits(one, algorithm)]
    named = [one for one in fitting if one.get("kid") == kid] if kid is not None else fitting
    if len(named) != 1:
        raise UnknownKey
    try:
        key = JWKRegistry.import_key(dict(named[0]))
    except (JoseError, ValueError, TypeError, KeyError):
        raise UnknownKey from None
    if isinstance(key, RSAKey) and key.raw_value.key_size < _RSA_BITS_MIN:
        raise UnknownKey
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        raise UnknownKey
    return key


def _fits(one: Mapping[str, Any], algorithm: str) -> bool:
    kind = {"RS256": ("RSA", None), "ES256": ("EC", "P-256")}.get(algorithm, ("OKP", "Ed25519"))
    if (one.get("kty"), one.get("crv")) != kind or one.get("use", "sig") != "sig":
        return False
    stated = one.get("alg", algorithm)
    return stated == algorithm or (stated in _EDWARDS and algorithm in _EDWARDS)


def _moment_in(claims: Claims, name: str) -> int | float | None:
    number = number_in(claims, name)
    if number is None and claims.get(name) is not None:
        raise NotGenuine("it does not say from when to when it counts")
    return number
