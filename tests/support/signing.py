"""People who sign what waits: by a passkey, and by password and one-time code."""

from __future__ import annotations

import json

from webauthn.helpers import bytes_to_base64url

from operations.approval.deciding import Decided, DecisionRequest, decide_approval
from operations.approval.showing import Shown, show_for_decision
from operations.approval.signing import PasskeyAssertion, PasswordAndCode, Proof
from storage.books.pool import Books
from storage.folder.store import Store
from tests.support.identity import Device

HOST, ORIGIN = "localhost", "http://localhost:8750"
PASSKEY = Device(origin=ORIGIN, count=1, counts=False)


def assertion(challenge: bytes, nonce: str, device: Device = PASSKEY) -> PasskeyAssertion:
    """What the device answers to a challenge."""
    asked = json.dumps({"challenge": bytes_to_base64url(challenge), "rpId": HOST})
    said = json.loads(device.get(asked))["response"]
    return PasskeyAssertion(
        nonce=nonce,
        public_key=bytes_to_base64url(device.public_key),
        signature=said["signature"],
        authenticator_data=said["authenticatorData"],
        client_data=said["clientDataJSON"],
        relying_party=device.host or HOST,
        origin=device.origin,
    )


def by_passkey(seen: Shown, device: Device = PASSKEY) -> PasskeyAssertion:
    return assertion(seen.challenge, seen.nonce, device)


def by_password(seen: Shown, store: Store) -> PasswordAndCode:
    return PasswordAndCode(nonce=seen.nonce, store=store)


async def sign(books: Books, key: str, proof: Proof | None = None) -> Decided:
    """Approve the next step of what waits by signing what is shown."""
    made = by_passkey(await show_for_decision(books, key)) if proof is None else proof
    return await decide_approval(books, DecisionRequest(key, "approve"), made)
