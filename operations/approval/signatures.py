"""Checking a signature with nothing but itself: what was signed, by which key, for which statement."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from invoicing.approval.approvals import How
from invoicing.approval.signing import Signature, attested_text, challenge_of
from invoicing.text.base64url import base64url, bytes_of


def signature_problem(signature: Signature) -> str:
    """What is wrong with a signature; empty where nothing is. Whose key it is, is not looked at."""
    match signature.method:
        case How.PASSKEY:
            return _passkey_problem(signature)
        case How.PASSWORD_AND_CODE:
            return _attested_problem(signature)
        case How.TOOL | How.ELICITATION | How.FORCED_PROMPT:
            return "a call of a tool is no signature"


def _passkey_problem(signature: Signature) -> str:
    # Loaded where something was signed: every other call would wait for it.
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        client_data = json.loads(bytes_of(signature.client_data))
        if not isinstance(client_data, dict) or client_data.get("crossOrigin") is True:
            return "the passkey was asked for within a page of somebody else"
        if not _is_within(signature.origin, signature.relying_party):
            return "its origin is not one of its relying party"
        verify_authentication_response(
            credential=_as_sent(signature),
            expected_challenge=challenge_of(signature.nonce, signature.statement),
            expected_rp_id=signature.relying_party,
            expected_origin=signature.origin,
            credential_public_key=bytes_of(signature.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, LookupError, RecursionError) as error:
        return f"the passkey has not signed this ({error})"
    return ""


def _as_sent(signature: Signature) -> dict[str, Any]:
    """The signature as a browser sends it. The passkey's own name is no part of what it signs."""
    response = {
        "clientDataJSON": signature.client_data,
        "authenticatorData": signature.authenticator_data,
        "signature": signature.signature,
    }
    return {"id": "AA", "rawId": "AA", "type": "public-key", "response": response}


def _is_within(origin: str, relying_party: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return bool(relying_party) and (host == relying_party or host.endswith(f".{relying_party}"))


def _attested_problem(signature: Signature) -> str:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes_of(signature.public_key))
        key.verify(bytes_of(signature.signature), attested_text(signature).encode())
    except (InvalidSignature, ValueError):
        return "the installation has not signed this"
    return ""


def attested(signature: Signature, private_key: bytes) -> str:
    """The installation's signature over what `signature` says, as base64url; `private_key` are the 32 bytes of one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return base64url(Ed25519PrivateKey.from_private_bytes(private_key).sign(attested_text(signature).encode()))


def new_key_pair() -> tuple[str, bytes]:
    """A key with which the installation signs: its public half as base64url, and the other one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return base64url(key.public_key().public_bytes_raw()), key.private_bytes_raw()
