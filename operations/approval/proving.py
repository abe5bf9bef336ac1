"""Proof of who it is that signs: a passkey that is asked for the very statement, or password and one-time code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlmodel import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from invoicing.refusals import NotAllowed
from operations.access import Office
from operations.approval.signing import PasskeyAssertion
from operations.identity.passkeys import UNREADABLE, Site
from operations.identity.providers import passwords_count
from operations.identity.ways import my_ways
from storage.directory import identity

_ANSWER_LENGTH_MAX = 20_000
_SIGNED = ("authenticatorData", "clientDataJSON", "signature")


@dataclass(frozen=True, slots=True)
class WaysToSign:
    """How a person can sign: what its browser is given for a passkey (JSON), empty where it has none here; and whether
    it has a password with one-time codes. Where an identity provider alone says who people are no password counts
    (`only_passkeys`).
    """

    passkey: str
    password: bool
    only_passkeys: bool


async def ways_to_sign(office: Office, site: Site, challenge: bytes) -> WaysToSign:
    """How the person can sign what has this challenge."""
    ways = await my_ways(office, site)
    known = [PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in ways.passkeys]
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    counts = await passwords_count(office.store)
    return WaysToSign(
        passkey=webauthn.options_to_json(options) if known else "",
        password=counts and ways.has_password_with_codes,
        only_passkeys=not counts,
    )


@asynccontextmanager
async def signed_by_passkey(
    office: Office, site: Site, answer: str, challenge: bytes, *, nonce: str
) -> AsyncIterator[PasskeyAssertion]:
    """What a passkey of the person has signed, as its browser answers (JSON). Its use is recorded after what it is
    signed for: of two clicks at once each counts so far, and what is decided, once, is the books' to say.

    Raises:
        NotAllowed: it has not signed this challenge, is none of the person's, or sleeps.
    """
    user_id, now = office.principal.user_id, office.latest()

    def check(db: Session) -> tuple[PasskeyAssertion, str, int]:
        said, signed = _read(answer)
        known = identity.passkey_of(db, signed["id"])
        if known is None or (known.user_id, known.host) != (user_id, site.host) or identity.is_asleep(db, user_id):
            raise _not_yours()
        try:
            found = webauthn.verify_authentication_response(
                credential=said,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=base64url_to_bytes(known.public_key),
                credential_current_sign_count=known.sign_count,
                require_user_verification=True,
            )
        except UNREADABLE:
            raise _not_yours() from None
        made = PasskeyAssertion(
            nonce=nonce,
            public_key=known.public_key,
            signature=signed["signature"],
            authenticator_data=signed["authenticatorData"],
            client_data=signed["clientDataJSON"],
            relying_party=site.host,
            origin=site.origin,
        )
        return made, known.credential_id, found.new_sign_count

    def record(db: Session) -> None:
        known = identity.passkey_of(db, credential_id)
        if known is not None:
            # It can have been used elsewhere meanwhile.
            identity.use_passkey(db, known.id, sign_count=max(known.sign_count, sign_count), now=now)

    made, credential_id, sign_count = await office.store.directory.read(check)
    try:
        yield made
    finally:
        await office.store.directory.write(record)


def _read(answer: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a browser has sent, and of that which passkey has signed what."""
    try:
        said: dict[str, Any] = json.loads(answer if len(answer) <= _ANSWER_LENGTH_MAX else "")
        named = bytes_to_base64url(base64url_to_bytes(said["id"]))
        return said, {"id": named} | {name: str(said["response"][name]) for name in _SIGNED}
    except UNREADABLE:
        raise _not_yours() from None


def _not_yours() -> NotAllowed:
    return NotAllowed("This passkey is not one of yours, or was not asked for here.")
