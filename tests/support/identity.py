"""People who sign in: a device that keeps passkeys, an app that shows one-time codes, hashing that takes no time."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from operations.access import Office
from operations.identity import browsing, ways
from operations.identity.browsing import Method, SignedIn
from operations.identity.passkeys import Site
from operations.identity.passwords import Hashing
from storage.directory.identity import KnownPasskey

SITE = Site.of("http://localhost:8750")
CHEAP = Hashing(rounds=1, memory_kib=8, threads=1)
GOOD_PASSWORD = "grey heron on the pier"  # noqa: S105  Of a test.
_PRESENT, _VERIFIED, _WITH_KEY = 1, 4, 0x40


@dataclass(slots=True)
class Device:
    """Makes and uses one passkey as a browser does. What it says can be made wrong: another origin or host, a person
    that it did not make sure of or that is not there, a count that stands still, whatever it `says` besides.
    """

    origin: str = "http://localhost:8750"
    host: str = ""
    present: bool = True
    verifies: bool = True
    count: int = 0
    counts: bool = True
    user_handle: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> bytes:
        """The public half of the passkey, as a server is told it."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def create(self, options: str) -> str:
        """What a browser sends when the device has made a passkey."""
        asked = json.loads(options)
        self.user_handle = asked["user"]["id"]
        credential = len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        data = self._data(asked["rp"]["id"], _WITH_KEY) + bytes(16) + credential
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._sent(clientDataJSON=bytes_to_base64url(client), attestationObject=bytes_to_base64url(attested))

    def get(self, options: str) -> str:
        """What a browser sends when the device has used its passkey."""
        asked = json.loads(options)
        client, data = self._client("webauthn.get", asked["challenge"]), self._data(asked["rpId"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._sent(
            clientDataJSON=bytes_to_base64url(client),
            authenticatorData=bytes_to_base64url(data),
            signature=bytes_to_base64url(signature),
            userHandle=self.user_handle,
        )

    def _data(self, host: str, flags: int = 0) -> bytes:
        self.count += self.counts
        flags |= (_PRESENT if self.present else 0) | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256((self.host or host).encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin} | self.says).encode()

    def _sent(self, **response: str) -> str:
        known_as = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": known_as, "rawId": known_as, "type": "public-key", "response": response})


async def sign_in(office: Office, method: Method = Method.PASSKEY) -> str:
    """The cookie's secret of a new session of the office's person."""
    user_id, now = office.principal.user_id, office.latest()
    return await office.store.directory.write(lambda db: browsing.begin(db, user_id, method, now=now))


async def person_at(office: Office, secret: str) -> SignedIn:
    """Who is signed in with this cookie."""
    found = await browsing.signed_in(office.store, office.clock, secret)
    assert found is not None
    return found


async def signed_in(office: Office, method: Method = Method.LINK) -> SignedIn:
    """The office's person, newly signed in."""
    return await person_at(office, await sign_in(office, method))


async def with_passkey(
    office: Office, me: SignedIn, device: Device, site: Site = SITE, name: str = "Laptop"
) -> KnownPasskey:
    """Give the person the passkey of this device."""
    made = device.create(await ways.passkey_to_be_made(office, me, site))
    return await ways.add_passkey(office, me, site, made, name=name)


async def with_codes(office: Office) -> str:
    """Set one-time codes up for the office's person; answers what they are made from."""
    shown = await ways.show_codes(office)
    await ways.confirm_codes(office, code_of(shown.secret, office.clock()))
    return shown.secret


def code_of(secret: str, moment: datetime, *, steps: int = 0) -> str:
    """The one-time code that an app shows at this moment, or so many half minutes later."""
    return pyotp.TOTP(secret.replace(" ", "")).at(moment + timedelta(seconds=30 * steps))


def made_up(answer: str) -> list[str]:
    """Answers of a passkey that no browser has sent, made of a real one."""
    said = json.loads(answer)
    response = said["response"]
    deep = "[" * 9_000
    return [
        "",
        "no JSON",
        "{}",
        "[]",
        deep,
        json.dumps(said | {"id": "\ud800", "rawId": "\ud800"}),
        json.dumps(said | {"id": []}),
        json.dumps(said | {"response": response | {"clientDataJSON": bytes_to_base64url(deep.encode())}}),
    ]
