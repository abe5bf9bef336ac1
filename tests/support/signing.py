"""People who sign what waits: a passkey in software, and proof by password and one-time code."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from operations.approval.deciding import Decided, DecisionRequest, decide_approval
from operations.approval.showing import Shown, show_for_decision
from operations.approval.signing import PasskeyAssertion, PasswordAndCode, Proof
from storage.books.pool import Books
from storage.folder.store import Store

HOST, ORIGIN = "localhost", "http://localhost:8750"
_PRESENT, _VERIFIED = 0x01, 0x04


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True)
class Passkey:
    """A passkey of a person, as a device keeps it."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return encode_cbor({1: 2, 3: COSEAlgorithmIdentifier.ECDSA_SHA_256, -1: 1, -2: x, -3: y})

    def sign(
        self,
        challenge: bytes,
        nonce: str = "",
        *,
        host: str = HOST,
        origin: str = ORIGIN,
        flags: int = _PRESENT | _VERIFIED,
        **client: Any,
    ) -> PasskeyAssertion:
        """What the device answers to a challenge, within the browser."""
        said = {"type": "webauthn.get", "challenge": base64url(challenge), "origin": origin, **client}
        client_data = json.dumps(said).encode()
        data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + (1).to_bytes(4, "big")
        signed = self.private.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return PasskeyAssertion(
            nonce=nonce,
            public_key=base64url(self.public_key),
            signature=base64url(signed),
            authenticator_data=base64url(data),
            client_data=base64url(client_data),
            relying_party=host,
            origin=origin,
        )


PASSKEY = Passkey()


def by_passkey(seen: Shown, passkey: Passkey = PASSKEY) -> PasskeyAssertion:
    return passkey.sign(seen.challenge, seen.nonce)


def by_password(seen: Shown, store: Store) -> PasswordAndCode:
    return PasswordAndCode(nonce=seen.nonce, store=store)


async def sign(books: Books, key: str, proof: Proof | None = None) -> Decided:
    """Approve the next step of what waits by signing what is shown."""
    made = by_passkey(await show_for_decision(books, key)) if proof is None else proof
    return await decide_approval(books, DecisionRequest(key, "approve"), made)
