"""What an identity provider publishes of itself (OpenID Connect Discovery), and its keys, remembered for a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from invoicing.organizations import Clock
from server.oauth.fetching import OF_OPERATOR, Guard, NotFetched, fetch_json, target_of
from server.oauth.statements import Claims, UnknownKey, claims_of

FRESH = timedelta(hours=1)
"""So long what a provider publishes is not asked for again; a key that it withdraws counts no longer than this."""
KEYS_ASKED_AGAIN = timedelta(minutes=1)
"""Nobody who makes up names of keys has the provider asked more often."""

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


@dataclass(slots=True)
class _Remembered:
    published: Published
    published_at: datetime
    keys: Sequence[Mapping[str, Any]] = ()
    keys_at: datetime | None = None
    asked_at: datetime | None = None


@dataclass(slots=True)
class Providers:
    """The providers that were asked by this process."""

    clock: Clock
    guard: Guard = OF_OPERATOR
    _known: dict[str, _Remembered] = field(default_factory=dict)

    async def published(self, issuer: str) -> Published:
        """What the provider of this name says of itself.

        Raises:
            NotFetched: it cannot be asked, or answers for somebody else.
        """
        return (await self._of(issuer)).published

    async def claims(self, issuer: str, statement: str, *, types: Collection[str]) -> Claims:
        """What a statement says that this provider has signed. Where it names a key that is not known, the provider may
        have made a new one: its keys are asked for again.

        Raises:
            NotFetched: the provider cannot be asked.
            NotGenuine: the statement is not the provider's, or of no such type.
        """
        one, now = await self._of(issuer), self.clock()
        if one.keys_at is None or now - one.keys_at >= FRESH:
            await self._ask_keys(one, now)
        try:
            return claims_of(statement, one.keys, types=types)
        except UnknownKey:
            if one.asked_at is not None and now - one.asked_at < KEYS_ASKED_AGAIN:
                raise
        await self._ask_keys(one, now)
        return claims_of(statement, one.keys, types=types)

    async def _of(self, issuer: str) -> _Remembered:
        now, found = self.clock(), self._known.get(issuer)
        if found is not None and now - found.published_at < FRESH:
            return found
        answer = await fetch_json(issuer.rstrip("/") + _CONFIGURATION, guard=self.guard)
        published = _published(issuer, answer, self.guard)
        if found is None or found.published.keys != published.keys:
            self._known[issuer] = _Remembered(published, now)
        else:
            found.published, found.published_at = published, now
        return self._known[issuer]

    async def _ask_keys(self, one: _Remembered, now: datetime) -> None:
        one.asked_at = now
        answer = await fetch_json(one.published.keys, guard=self.guard)
        one.keys_at = now
        keys = answer.get("keys")
        one.keys = [key for key in keys[:_KEYS_MAX] if isinstance(key, dict)] if isinstance(keys, list) else []


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
