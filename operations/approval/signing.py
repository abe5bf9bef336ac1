"""Signing what waits: a person is shown it as it will stand, and signs that with proof of who it is."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.approval.approvals import Approval, How
from invoicing.approval.signing import NONCE_BYTES, Signature
from invoicing.refusals import NotAllowed
from operations.approval.persons import wants_person
from operations.approval.signatures import attested, new_key_pair, signature_problem
from operations.approval.standing import issued_now, statement_now
from operations.identity.sealing import Unsealable, seal, unseal
from storage.books.approval_signatures import (
    Challenge,
    SealedKey,
    add_key,
    add_signature,
    challenge_for,
    forget_challenges,
    keep_challenge,
    newest_key,
)
from storage.books.pool import Books
from storage.folder.store import Store

SHOWN_FOR = timedelta(minutes=15)
"""How long what was shown can be signed."""
_SHOWN_KEPT_FOR = timedelta(days=1)
"""How long it is known who was shown what, to tell those whose step somebody else has decided."""
_KEY_PURPOSE = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAssertion:
    """What a passkey of whoever acts has signed, as the identity's own check let it pass. Bytes are base64url; `nonce`
    is the one that was shown.
    """

    nonce: str
    public_key: str
    signature: str
    authenticator_data: str
    client_data: str
    relying_party: str
    origin: str

    @property
    def method(self) -> How:
        return How.PASSKEY


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordAndCode:
    """Whoever acts has proved this moment, by password and one-time code, who it is; the installation signs that, with
    a key that is sealed in the `store`.
    """

    nonce: str
    store: Store

    @property
    def method(self) -> How:
        return How.PASSWORD_AND_CODE


Proof = PasskeyAssertion | PasswordAndCode


class SignatureWanted(NotAllowed):
    """What a person must sign on a page, and nobody has."""


def new_nonce() -> str:
    return secrets.token_bytes(NONCE_BYTES).hex()


def keep_shown(db: Session, books: Books, key: str, statement: str) -> str:
    """Keep what whoever acts is shown of what has the key; answers the nonce with which it is signed. A page of the
    same person that shows the same counts on; one that shows anything else counts no more.
    """
    now, user_id = books.clock(), books.acting.user_id
    before = challenge_for(db, key, user_id)
    same = before is not None and before.statement == statement and _is_recent(before, now)
    shown = Challenge(before.nonce if before is not None and same else new_nonce(), statement, now)
    keep_challenge(db, key, user_id, shown)
    forget_challenges(db, before=now - _SHOWN_KEPT_FOR)
    return shown.nonce


def check_signed_where_wanted(books: Books, proof: Proof | None) -> None:
    """Refuse an approval that nobody has signed where the policy wants that.

    Raises:
        SignatureWanted.
    """
    if proof is None and wants_person(books.organization):
        raise SignatureWanted(
            "The policy human_approval wants a person to sign exactly this document on its page: no answer of an"
            " assistant counts.",
            field="document",
        )


def was_shown(db: Session, books: Books, key: str, proof: Proof, statement: str) -> bool:
    """Whether whoever acts was shown exactly this of what has the key, not long ago, and signs that."""
    shown = challenge_for(db, key, books.acting.user_id)
    if shown is None or shown.nonce != proof.nonce:
        return False
    return _is_recent(shown, books.clock()) and shown.statement == statement


def _is_recent(shown: Challenge, now: datetime) -> bool:
    # A clock that was set back lets nothing live longer.
    return timedelta() <= now - shown.made_at <= SHOWN_FOR


def sign_waiting(db: Session, books: Books, approval: Approval, proof: Proof, *, at: datetime) -> str:
    """Keep what whoever acts has signed of what waits as it is now; answers the signature's id, or nothing where it was
    not shown so, not long ago.

    Raises:
        NotAllowed: it is no signature of that.
    """
    statement = statement_now(books, approval, issued_now(db, books, approval)).text
    return sign_statement(db, proof, statement, at=at) if was_shown(db, books, approval.id, proof, statement) else ""


def sign_statement(db: Session, proof: Proof, statement: str, *, at: datetime) -> str:
    """Keep a person's signature of a statement; answers its id.

    Raises:
        NotAllowed: it is no signature of that.
    """
    signature = _signature(db, proof, statement, at)
    if problem := signature_problem(signature):
        raise NotAllowed(f"This is not signed: {problem}.")
    add_signature(db, signature)
    return signature.id


def _signature(db: Session, proof: Proof, statement: str, at: datetime) -> Signature:
    match proof:
        case PasskeyAssertion():
            return Signature(
                statement=statement,
                nonce=proof.nonce,
                method=proof.method,
                signed_at=at,
                public_key=proof.public_key,
                signature=proof.signature,
                authenticator_data=proof.authenticator_data,
                client_data=proof.client_data,
                relying_party=proof.relying_party,
                origin=proof.origin,
            )
        case PasswordAndCode():
            public, private = _signing_key(db, proof.store, at)
            unsigned = Signature(
                statement=statement,
                nonce=proof.nonce,
                method=proof.method,
                signed_at=at,
                public_key=public,
                signature="",
            )
            return replace(unsigned, signature=attested(unsigned, private))


def _signing_key(db: Session, store: Store, at: datetime) -> tuple[str, bytes]:
    """The key with which the installation signs in these books. Where it is not to be opened any more, as after a
    restore elsewhere, there is a new one; what the old one has signed stays signed.
    """
    known = newest_key(db)
    if known is not None:
        with suppress(Unsealable):
            return known.public_key, unseal(store, known.sealed, purpose=_KEY_PURPOSE, row=known.public_key)
    public, private = new_key_pair()
    add_key(db, SealedKey(public, seal(store, private, purpose=_KEY_PURPOSE, row=public), at))
    return public, private
