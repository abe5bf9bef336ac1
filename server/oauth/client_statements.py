"""The statements that client programs sign to prove to be themselves (RFC 7523). What one says is looked at first: it
needs no key.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from server.oauth.plain_json import json_object
from server.oauth.program_keys import NoKeys, keys_of
from server.oauth.statements import LEEWAY, number_in, text_in

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256", "EdDSA", "Ed25519")
LIFETIME_MAX = timedelta(minutes=10)
_LENGTH_MAX = 8_192
_NAME_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True)
class Statement:
    """What a program has brought in the form of one: `text` as it came, and what it says."""

    text: str
    claims: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> Statement | None:
        """The statement; None where it is none that could be signed in a way that is served."""
        parts = text.split(".")
        if len(text) > _LENGTH_MAX or not text.isascii() or len(parts) != 3:
            return None
        try:
            header, claims = (json_object(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))) for one in parts[:2])
        except ValueError:
            return None
        return cls(text, claims) if header.get("alg") in ALGORITHMS else None

    @property
    def subject(self) -> str:
        """Which program it is said to be of."""
        return text_in(self.claims, "sub")

    @property
    def name(self) -> str:
        """What tells it from the program's others."""
        return text_in(self.claims, "jti")

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.claims["exp"], UTC)

    def says(self, client_id: str, audiences: Collection[str], now: datetime) -> bool:
        """Whether it says that it is of this program, for this server, and counts now."""
        named = self.claims.get("aud")
        meant = named if isinstance(named, list) else [named]
        return (
            text_in(self.claims, "iss") == self.subject == client_id
            and 0 < len(self.name) <= _NAME_LENGTH_MAX
            and any(isinstance(one, str) and one in audiences for one in meant)
            and self._counts(now.timestamp())
        )

    def is_signed_with(self, keys: object) -> bool:
        """Whether one of these keys (JWKS) has signed it."""
        try:
            jwt.decode(self.text, keys_of(keys), algorithms=list(ALGORITHMS))
        except (NoKeys, JoseError, ValueError, TypeError, KeyError):
            return False
        return True

    def _counts(self, now: float) -> bool:
        expires = number_in(self.claims, "exp")
        begins = number_in(self.claims, "nbf") if "nbf" in self.claims else now
        if expires is None or begins is None:
            return False
        return 0 < expires - now <= LIFETIME_MAX.total_seconds() and begins <= now + LEEWAY.total_seconds()
