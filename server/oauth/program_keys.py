"""The public keys with which client programs sign their statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

KEYS_MAX = 20
_KINDS = frozenset({"RSA", "EC", "OKP"})


class NoKeys(Exception):
    """There is nothing by which a signature could be told, or a secret among it."""


def keys_of(said: object) -> KeySet:
    """The keys of a set (JWKS), a few public ones; those of an unknown kind are left out.

    Raises:
        NoKeys: it is none, or has another one among them.
    """
    named = said.get("keys") if isinstance(said, Mapping) else None
    if not isinstance(named, list) or not 0 < len(named) <= KEYS_MAX or not all(_is_key(one) for one in named):
        raise NoKeys
    try:
        found = KeySet.import_key_set({"keys": [one for one in named if one["kty"] in _KINDS]})
        secret = any(key.is_private for key in found.keys)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise NoKeys from None
    if secret:
        raise NoKeys
    return found


def _is_key(one: Any) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("kty"), str) and one["kty"] != "oct"
