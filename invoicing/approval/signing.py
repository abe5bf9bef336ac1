"""What a person signs who approves a document: a statement of all that was shown, and the signature over its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from invoicing.approval.approvals import How, digest_of, undated
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Document
from invoicing.document.plain_values import made_of

NONCE_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was shown to whom: the document as it would stand if it were issued then, and its warnings.

    `waits_as`, `round` and `step` (from 1) say for which decision alone it counts; `approved` is the digest of what was
    asked for. `document` is the digest of all that the document says, `undated` without the days that follow from its
    day of issue: where a later step issues it, only these may differ. `number` is the one that it would take.
    """

    organization: str
    waits_as: str
    round: int
    step: int
    user_id: str
    approved: str
    number: str
    issue_date: date
    document: str
    undated: str
    warnings: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return canonical_json(self)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_of(self, document: Document, *, dated: bool) -> bool:
        """Whether it is of this document, with its number where it is of its very day (`dated`)."""
        if not dated:
            return self.undated == digest_of(undated(document))
        return (self.document, self.number) == (digest_of(document), document.number)


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's signature, kept so that it can be checked for ever with nothing else. Bytes are base64url.

    A passkey signs `authenticator_data` and `client_data`, whose challenge comes from `nonce` and the statement. With
    password and one-time code it is the installation that signs that this person has proved so who it is; the last
    four are empty then.
    """

    statement: str
    nonce: str
    method: How
    signed_at: datetime
    public_key: str
    signature: str
    authenticator_data: str = ""
    client_data: str = ""
    relying_party: str = ""
    origin: str = ""

    @property
    def id(self) -> str:
        """The digest of all of it, by which the audit trail names it."""
        return hashlib.sha256(canonical_json(self).encode()).hexdigest()


def statement_of(text: str) -> Statement:
    """The statement whose text this is.

    Raises:
        TypeError, ValueError: it is none.
    """
    found = made_of(Statement, json.loads(text))
    return replace(found, warnings=tuple((code, said) for code, said in found.warnings))


def challenge_of(nonce: str, statement: str) -> bytes:
    """What a passkey is asked to sign: SHA-256 of a fresh nonce and the statement's digest."""
    return hashlib.sha256(bytes.fromhex(nonce) + hashlib.sha256(statement.encode()).digest()).digest()


def attested_text(signature: Signature) -> str:
    """What the installation signs where a person has proved by password and one-time code who it is."""
    said = {
        "challenge": challenge_of(signature.nonce, signature.statement).hex(),
        "method": signature.method.value,
        "signed_at": signature.signed_at,
        "statement": signature.statement,
    }
    return f"counterfoil approval\n{canonical_json(said)}"
