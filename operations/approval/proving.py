"""Proof of who it is that signs: a passkey that is asked for the very statement, or password and one-time code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlmodel import Session
from webauthn.helpers import bytes_to_base64url

from operations.access import Office
from operations.approval.signing import PasskeyAssertion
from operations.identity.passkeys import (
    NOT_YOURS,
    Answer,
    NotAnswered,
    Site,
    check_answer,
    options_to_answer,
    refused_as,
)
from operations.identity.ways import my_ways
from storage.directory import identity


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
    return WaysToSign(
        passkey=options_to_answer(site, challenge, ways.passkeys) if ways.passkeys else "",
        password=ways.passwords_count and ways.has_password_with_codes,
        only_passkeys=not ways.passwords_count,
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

    def check(db: Session) -> Answer:
        with refused_as(NOT_YOURS):
            found = check_answer(db, site, answer)
            if found.passkey.user_id != user_id or found.challenge != challenge:
                raise NotAnswered
            return found

    def record(db: Session) -> None:
        known = identity.passkey_of(db, found.passkey.credential_id)
        if known is not None:
            # It can have been used elsewhere meanwhile.
            identity.use_passkey(db, known.id, sign_count=max(known.sign_count, found.sign_count), now=now)

    found = await office.store.directory.read(check)
    try:
        yield PasskeyAssertion(
            nonce=nonce,
            public_key=found.passkey.public_key,
            signature=bytes_to_base64url(found.response.signature),
            authenticator_data=bytes_to_base64url(found.response.authenticator_data),
            client_data=bytes_to_base64url(found.response.client_data_json),
            relying_party=site.host,
            origin=site.origin,
        )
    finally:
        await office.store.directory.write(record)
