"""An identity provider for tests: it publishes itself over HTTPS, signs people in, and can be made to lie."""

from __future__ import annotations

import base64
import secrets
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from invoicing.organizations import Clock
from server.oauth.fetching import Guard
from tests.support.authorization import challenge_of
from tests.support.elsewhere import Asked, Told, reaching, served, told

ISSUER = "https://login.example"
CLIENT = "counterfoil-of-the-practice"
SECRET = "prøvider's secret: with & and +"  # noqa: S105  A test's own.

AnyKey = RSAKey | ECKey | OKPKey | OctKey
Claims = dict[str, Any]
Lie = Callable[[Claims], Claims]


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@cache
def rsa_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "rsa"})


@dataclass(frozen=True, slots=True)
class Given:
    """A code that was given out: for what it was asked, and to whom it belongs."""

    asked: Mapping[str, str]
    claims: Claims


@dataclass(slots=True)
class Provider:
    """The provider. `lie` changes what an ID token claims, `published` what it says of itself, `sign_with` how it
    signs; `asked` counts what it was asked for by path; without `checks_verifier` it gives a code's tokens to anybody.
    """

    clock: Clock
    keys: list[AnyKey] = field(default_factory=lambda: [new_key("one")])
    lie: Lie = lambda claims: claims
    published: Claims = field(default_factory=dict)
    sign_with: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    guard: Guard = field(default_factory=Guard)
    checks_verifier: bool = True
    _codes: dict[str, Given] = field(default_factory=dict)

    def signed_in(self, address: str, subject: str, *, issuer: str = ISSUER, **claims: object) -> dict[str, str]:
        """What a browser brings back that was sent to this address, where somebody has signed in."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self._codes[code] = Given(asked, {"sub": subject} | claims)
        return {"code": code, "state": asked["state"], "iss": issuer}

    def statement(
        self,
        claims: Claims,
        *,
        typ: str = "JWT",
        alg: str = "ES256",
        key: AnyKey | None = None,
        kid: str | None = None,
    ) -> str:
        """A statement with the provider's first key, or another."""
        signing = key or self.keys[0]
        header = {"alg": alg, "kid": signing.kid if kid is None else kid} | ({"typ": typ} if typ else {})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(header, claims, signing, algorithms=[alg], default_type=None)

    def times(self) -> Claims:
        """When a statement of now counts."""
        now = int(self.clock().timestamp())
        return {"iat": now, "exp": now + 300}

    async def answer(self, asked: Asked) -> Told:
        path = asked.path.partition("?")[0]
        self.asked.append(path)
        match path:
            case "/.well-known/openid-configuration":
                return told(self._of_itself() | self.published)
            case "/keys":
                return told({"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/token":
                return self._token(asked)
            case _:
                return told({}, 404)

    def _of_itself(self) -> Claims:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "authorization_response_iss_parameter_supported": True,
        }

    def _token(self, asked: Asked) -> Told:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        given = self._codes.pop(form.get("code", ""), None)
        if given is None or not self._is_client(asked, form) or not self._is_asked(form, given.asked):
            return told({"error": "invalid_grant"}, 400)
        claims = {"iss": ISSUER, "aud": CLIENT, "nonce": given.asked["nonce"]} | self.times() | given.claims
        token = self.statement(self.lie(claims), **self.sign_with)
        return told({"access_token": "unused", "token_type": "Bearer", "id_token": token})

    def _is_client(self, asked: Asked, form: Mapping[str, str]) -> bool:
        told_by = asked.headers.get("authorization", "").removeprefix("Basic ")
        pair = urlencode({CLIENT: SECRET})
        return base64.b64decode(told_by).decode() == pair.replace("=", ":") or form.get("client_secret") == SECRET

    def _is_asked(self, form: Mapping[str, str], asked: Mapping[str, str]) -> bool:
        challenge = challenge_of(form.get("code_verifier", ""))
        return (
            form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == asked["redirect_uri"]
            and asked["code_challenge_method"] == "S256"
            and (challenge == asked["code_challenge"] or not self.checks_verifier)
        )


@asynccontextmanager
async def provider(clock: Clock) -> AsyncIterator[Provider]:
    """A provider that can be asked with its own guard."""
    one = Provider(clock)
    async with served(one.answer) as port:
        one.guard, _ = reaching(port)
        yield one
