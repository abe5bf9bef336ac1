"""What an identity provider publishes of itself (OpenID Connect Discovery), and its keys, remembered for a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from invoicing.organizations import Clock
from server.oauth.fetching import OF_OPERATOR, Guard, NotFetched, fetch_json, target_of
from server.oauth.remembered import Remembered
from server.oauth.statements import Claims, UnknownKey, claims_of

FRESH = timedelta(hours=1)
"""So long what a provider publishes is not asked for again; a key that it withdraws counts no longer than this."""
KEYS_ASKED_AGAIN = timedelta(minutes=1)
"""Nobody who makes up names of keys has the provider asked more often."""
FAILED = timedelta(seconds=10)
"""So long a provider that could not be asked is not asked again, whoever would sign in."""

_CONFIGURATION = "/.well-known/openid-configuration"
_KEYS_MAX = 100


@dataclass(frozen=True, slots=True)
class Published:
    """What a provider says of itself: where it is asked, whether its answers name it, and how we prove to be us."""

    issuer: str
    authorization: str
    token: str
    keys: str
    names_itself: bool
    by_basic: bool


class Providers:
    """The providers that were asked by this process."""

    def __init__(self, clock: Clock, guard: Guard = OF_OPERATOR) -> None:
        self.guard = guard
        self._answers = Remembered(partial(fetch_json, guard=guard), clock, FAILED)

    async def published(self, issuer: str) -> Published:
        """What the provider of this name says of itself.

        Raises:
            NotFetched: it cannot be asked, or answers for somebody else.
        """
        address = issuer.rstrip("/") + _CONFIGURATION
        try:
            return _published(issuer, await self._answers.get(address, FRESH), self.guard)
        except NotFetched:
            # What is not in order is not kept for as long as what is.
            return _published(issuer, await self._answers.get(address, FAILED), self.guard)

    async def claims(self, issuer: str, statement: str, *, types: Collection[str]) -> Claims:
        """What a statement says that this provider has signed. Where it names a key that is not known, the provider may
        have made a new one: its keys are asked for again.

        Raises:
            NotFetched: the provider cannot be asked.
            NotGenuine: the statement is not the provider's, or of no such type.
        """
        address = (await self.published(issuer)).keys
        try:
            return claims_of(statement, _keys(await self._answers.get(address, FRESH)), types=types)
        except UnknownKey:
            return claims_of(statement, _keys(await self._answers.get(address, KEYS_ASKED_AGAIN)), types=types)


def _keys(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    keys = answer.get("keys")
    return [key for key in keys[:_KEYS_MAX] if isinstance(key, dict)] if isinstance(keys, list) else []


def _published(issuer: str, answer: Mapping[str, Any], guard: Guard) -> Published:
    if answer.get("issuer") != issuer:
        raise NotFetched("The provider calls itself by another name than the issuer that was given.")
    authorization, token, keys = (
        _address(answer, name, guard) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    methods = answer.get("token_endpoint_auth_methods_supported")
    return Published(
        issuer=issuer,
        authorization=authorization,
        token=token,
        keys=keys,
        names_itself=answer.get("authorization_response_iss_parameter_supported") is True,
        by_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
    )


def _address(answer: Mapping[str, Any], name: str, guard: Guard) -> str:
    address = answer.get(name)
    if not isinstance(address, str):
        raise NotFetched(f"The provider does not say its {name}.")
    target_of(address, guard)
    return address
