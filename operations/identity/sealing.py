"""Secrets that must be read again, sealed with a key that lies apart from the data (AES-GCM).

A sealed secret is bound to what it is for and to its row: moved to another row, it opens no more than a stranger's.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from invoicing.refusals import KeysUnavailable
from storage.folder.keys import SEALING, mark_of
from storage.folder.store import Store

_NONCE_BYTES = 12


class Unsealable(KeysUnavailable):
    """A sealed secret that does not open with the key that is there."""


def seal(store: Store, secret: bytes, *, purpose: str, row: str) -> str:
    """The secret as it is kept: for this purpose, in the row of this id.

    Raises:
        KeysUnavailable: there is no key to be had.
    """
    key, nonce = store.keys.key(SEALING), secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, secret, _bound_to(purpose, row))
    return f"{mark_of(key)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(store: Store, sealed: str, *, purpose: str, row: str) -> bytes:
    """The secret that was sealed for this purpose in this row.

    Raises:
        Unsealable: it was sealed with another key, for something else, or is damaged.
        KeysUnavailable: there is no key to be had.
    """
    key = store.keys.key(SEALING)
    mark, _, text = sealed.partition(".")
    if mark != mark_of(key):
        raise Unsealable(
            f"This was sealed with another key than that in {store.keys.path}, which lies apart from the data and is in"
            " no backup. Bring the right file back; where it is lost, so is what was sealed with it: one-time codes and"
            " an identity provider's secret have to be set up anew."
        )
    try:
        raw = base64.urlsafe_b64decode(text)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(purpose, row))
    except (InvalidTag, binascii.Error, ValueError):
        raise Unsealable("A sealed secret of the directory was changed or moved: set it up anew.") from None


def _bound_to(purpose: str, row: str) -> bytes:
    return f"{purpose}\n{row}".encode()
