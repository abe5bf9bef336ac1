"""Asking an identity provider who somebody is (OpenID Connect, authorization code with PKCE), and what it answers.

All that belongs to one sign-in follows from a secret that the browser alone holds: `state`, `nonce` and the verifier of
PKCE. So an answer counts in the browser that asked, for the provider that was asked, and nothing waits here meanwhile.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote_plus, urlencode

from invoicing.text.base64url import base64url
from operations.authorization.granting import challenge_of
from operations.identity.vouching import Vouched
from server.oauth.fetching import NotFetched, ask_json
from server.oauth.provider import Providers, Published
from server.oauth.statements import Claims, NotGenuine, check_times, number_in, text_in

_TYPES = frozenset({"", "jwt"})
_ENTRA = "https://login.microsoftonline.com/"


@dataclass(frozen=True, slots=True)
class Relying:
    """This installation as the provider knows it: its name there, its secret, and where it is answered."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in of one browser at one provider."""

    secret: str
    issuer: str

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    def is_answered_by(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _derived(self, purpose: str) -> str:
        key, text = self.secret.encode(), f"counterfoil {purpose}\n{self.issuer}".encode()
        return base64url(hmac.digest(key, text, hashlib.sha256))


def address_of(published: Published, relying: Relying, attempt: Attempt, *, anew: bool = False) -> str:
    """Where the browser is sent, to say to the provider who it is; `anew`, even if it has done so a while ago."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": relying.client_id,
            "redirect_uri": relying.redirect_uri,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge_of(attempt.verifier),
            "code_challenge_method": "S256",
        }
        | ({"prompt": "login"} if anew else {})
    )
    return f"{published.authorization}{'&' if '?' in published.authorization else '?'}{query}"


async def vouched_for(
    known: Providers, relying: Relying, attempt: Attempt, answer: Mapping[str, str], *, now: datetime
) -> Vouched:
    """For whom the provider vouches with what the browser has brought back.

    Raises:
        NotGenuine: it is no answer of this provider to this sign-in.
        NotFetched: the provider cannot be asked.
    """
    if not attempt.is_answered_by(answer.get("state", "")):
        raise NotGenuine("it answers another sign-in, or another browser's")
    published = await known.published(relying.issuer)
    # Whoever mixes up two providers has the code of one sent to the other (RFC 9207).
    if answer.get("iss", relying.issuer) != relying.issuer or (published.names_itself and "iss" not in answer):
        raise NotGenuine("it is another provider's")
    if "error" in answer or not answer.get("code"):
        raise NotGenuine("the provider has not let the person sign in")
    token = await _redeemed(known, published, relying, attempt, answer["code"])
    claims = await known.claims(relying.issuer, token, types=_TYPES)
    check_times(claims, now)
    _check_identity(claims, relying, attempt)
    return Vouched(relying.issuer, text_in(claims, "sub"), confirmed_address(claims), _proved_at(claims, now))


def confirmed_address(claims: Claims) -> str:
    """The e-mail address that the provider has confirmed to be the person's; empty where it does not say so."""
    confirmed = claims.get("email_verified") is True
    # Entra says it of an address whose domain the directory's owner has proved to be its own.
    of_domain = text_in(claims, "iss").startswith(_ENTRA) and claims.get("xms_edov") in (True, "1", "true")
    return text_in(claims, "email") if confirmed or of_domain else ""


def _proved_at(claims: Claims, now: datetime) -> datetime | None:
    """When the person has proved to the provider who it is, where the provider says so: it may be long ago."""
    moment = number_in(claims, "auth_time")
    if moment is None or not moment >= 0:
        return None
    return datetime.fromtimestamp(min(moment, now.timestamp()), UTC)


async def _redeemed(known: Providers, published: Published, relying: Relying, attempt: Attempt, code: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": relying.redirect_uri,
        "code_verifier": attempt.verifier,
    }
    headers = {}
    if relying.secret and published.by_basic:
        pair = f"{quote_plus(relying.client_id)}:{quote_plus(relying.secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = relying.client_id
        if relying.secret:
            form["client_secret"] = relying.secret
    status, answer = await ask_json(
        published.token, guard=known.guard, form=urlencode(form).encode("ascii"), headers=headers
    )
    token = answer.get("id_token")
    if status in (400, 401, 403):
        raise NotGenuine("the provider does not take the code")
    if status != 200 or not isinstance(token, str):
        raise NotFetched("The provider does not answer with who that is.")
    return token


def _check_identity(claims: Claims, relying: Relying, attempt: Attempt) -> None:
    if claims.get("iss") != relying.issuer:
        raise NotGenuine("it is another provider's")
    meant = claims.get("aud")
    audience = meant if isinstance(meant, list) else [meant]
    if relying.client_id not in audience:
        raise NotGenuine("it is for another program")
    if claims.get("azp", None if len(audience) > 1 else relying.client_id) != relying.client_id:
        raise NotGenuine("it was given to another program")
    if not hmac.compare_digest(text_in(claims, "nonce").encode(), attempt.nonce.encode()):
        raise NotGenuine("it answers another sign-in")
    if not text_in(claims, "sub"):
        raise NotGenuine("it names nobody")
