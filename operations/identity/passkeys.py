"""Passkeys (WebAuthn): kept by the person's device, which shows each to the host it was made for alone, and only after
it has made sure of the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from sqlmodel import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
from webauthn.helpers.parse_registration_credential_json import parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticatorAssertionResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from invoicing.refusals import Conflict, InvalidInput, NotAllowed
from operations.identity.challenges import new_challenge, use_challenge
from storage.directory import identity
from storage.directory.identity import KnownPasskey
from storage.folder.store import Store
from storage.ids import new_id

PASSKEYS_MAX = 20
NAME_LENGTH_MAX = 80
_ANSWER_LENGTH_MAX = 20_000
_RELYING_PARTY = "Counterfoil"
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
"""What may rise where somebody has made an answer up; JSON within it can be nested without end."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are used: the host, and the origin as browsers name it."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> Site:
        return cls(urlsplit(public_url).hostname or "", public_url)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a passkey has signed, as a browser sends it: which one, to which challenge, and how often it has signed by
    now, where its device counts.
    """

    passkey: KnownPasskey
    challenge: bytes
    sign_count: int
    response: AuthenticatorAssertionResponse


class NotAnswered(Exception):
    """A passkey's answer that proves nothing: whatever is the matter with it, nobody is told more."""


class MaybeCopied(NotAnswered):
    """A passkey has signed, and counts no further than before: somebody may have a copy of it."""


_MAYBE_COPIED = (
    "This passkey was refused, because it counts its uses no further than it did before: it may have been copied. Use"
    " another way, make a new passkey on your account, and remove this one."
)
NOT_YOURS = "This passkey is not one of yours, or was not asked for here."


@contextmanager
def refused_as(message: str) -> Iterator[None]:
    """Refuse in these words what a passkey's answer does not prove; of one that may be a copy, that is said.

    Raises:
        NotAllowed: it proves nothing.
    """
    try:
        yield
    except MaybeCopied:
        raise NotAllowed(_MAYBE_COPIED) from None
    except NotAnswered:
        raise NotAllowed(message) from None


def check_count(known: KnownPasskey, count: int) -> None:
    """Refuse a passkey whose count of uses does not rise; one that counts nothing says 0 always.

    Raises:
        MaybeCopied: it does not rise.
    """
    if (count or known.sign_count) and count <= known.sign_count:
        raise MaybeCopied


def creation_options(
    store: Store, site: Site, *, user_id: str, email: str, known: list[KnownPasskey], purpose: str, now: datetime
) -> str:
    """What a browser is given (JSON) to make a passkey of this user.

    Raises:
        Unavailable: there is no key to be had.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=_RELYING_PARTY,
        user_id=user_id.encode(),
        user_name=email,
        user_display_name=email,
        challenge=new_challenge(store, purpose, now=now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(one) for one in known],
    )
    return webauthn.options_to_json(options)


def request_options(store: Store, site: Site, *, purpose: str, now: datetime) -> str:
    """What a browser is given (JSON) to ask for a passkey. It names none: whose there are, nobody is told.

    Raises:
        Unavailable: there is no key to be had.
    """
    return options_to_answer(site, new_challenge(store, purpose, now=now))


def options_to_answer(site: Site, challenge: bytes, known: Iterable[KnownPasskey] = ()) -> str:
    """What a browser is given (JSON) to have one of these passkeys answer to a challenge, or where none is named, any
    that it has for this host.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[_descriptor(one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def keep_passkey(
    db: Session, store: Store, site: Site, answer: str, *, user_id: str, name: str, purpose: str, now: datetime
) -> KnownPasskey:
    """Keep the passkey that a browser has made of this user.

    Raises:
        NotAnswered: it does not answer to the challenge for this purpose.
        InvalidInput: no name.
        Conflict: it is known already, or the user has very many.
    """
    called = " ".join(name.split())
    if not called or len(called) > NAME_LENGTH_MAX or not called.isprintable():
        raise InvalidInput(f"Give the passkey a name of at most {NAME_LENGTH_MAX} characters.", field="name")
    try:
        credential = parse_registration_credential_json(answer[:_ANSWER_LENGTH_MAX])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotAnswered from error
    if not use_challenge(db, store, challenge, purpose, now=now):
        raise NotAnswered
    new = KnownPasskey(
        id=new_id("pky"),
        user_id=user_id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        host=site.host,
        name=called,
        created_at=now,
    )
    if identity.passkey_of(db, new.credential_id) is not None:
        raise Conflict("This passkey is known already.")
    if len(identity.passkeys_of(db, user_id)) >= PASSKEYS_MAX:
        raise Conflict(f"There are {PASSKEYS_MAX} passkeys already: remove one first.")
    identity.add_passkey(db, new)
    return new


def answered_by(db: Session, store: Store, site: Site, answer: str, *, purpose: str, now: datetime) -> KnownPasskey:
    """The passkey that has answered to a challenge for this purpose; its use is recorded.

    Raises:
        NotAnswered: it is unknown, its person sleeps, or what it says is wrong, old or said before.
    """
    found = check_answer(db, site, answer)
    if not use_challenge(db, store, found.challenge, purpose, now=now):
        raise NotAnswered
    identity.use_passkey(db, found.passkey.id, sign_count=found.sign_count, now=now)
    return replace(found.passkey, sign_count=found.sign_count, last_used_at=now)


def check_answer(db: Session, site: Site, answer: str) -> Answer:
    """What a passkey has signed. Whether its challenge was asked is left to whoever has asked.

    Raises:
        NotAnswered: it is unknown, its person sleeps, or what it says is wrong.
    """
    try:
        credential = parse_authentication_credential_json(answer[:_ANSWER_LENGTH_MAX])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        known = identity.passkey_of(db, bytes_to_base64url(credential.raw_id))
        if known is None or known.host != site.host or identity.is_asleep(db, known.user_id):
            raise NotAnswered
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            # Only of what has signed is it told that it may be a copy: the count is looked at below.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotAnswered from error
    # What a device says is believed for whom it was made: the handle that it returns must be theirs.
    handle = credential.response.user_handle
    if handle is not None and bytes(handle) != known.user_id.encode():
        raise NotAnswered
    check_count(known, found.new_sign_count)
    return Answer(known, challenge, found.new_sign_count, credential.response)


def _descriptor(known: KnownPasskey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(base64url_to_bytes(known.credential_id))
