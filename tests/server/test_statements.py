"""Statements of an identity provider: what is signed by a key of its own, in time, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

from server.oauth.fetching import NotFetched
from server.oauth.provider import Providers
from server.oauth.statements import NotGenuine, UnknownKey, check_times, claims_of
from tests.support.clock import SettableClock
from tests.support.provider import ISSUER, AnyKey, Claims, Provider, new_key, provider, rsa_key

TYPES = {"", "jwt"}


def one_provider() -> Provider:
    return Provider(SettableClock())


def published(*keys: AnyKey) -> list[Claims]:
    return [dict(key.as_dict(private=False)) for key in keys]


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", rsa_key()),
        ("ES256", new_key("one")),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "one"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "one"})),
    ],
)
def test_a_statement_counts_that_is_signed_with_a_key_pair(alg: str, key: AnyKey) -> None:
    text = one_provider().statement({"sub": "ana"}, alg=alg, key=key)
    assert claims_of(text, published(key), types=TYPES) == {"sub": "ana"}


def unsigned(header: Claims, claims: Claims) -> str:
    parts = (urlsafe_b64encode(json.dumps(part).encode()).decode() for part in (header, claims))
    return ".".join(parts) + "."


def test_a_statement_without_a_signature_does_not_count() -> None:
    keys = published(new_key("one"))
    for alg in ("none", "None", "NONE", "", None):
        with pytest.raises(NotGenuine):
            claims_of(unsigned({"alg": alg, "kid": "one"}, {"sub": "ana"}), keys, types=TYPES)


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    key = rsa_key()
    for text in (json.dumps(published(key)[0]), key.as_pem(private=False).decode().replace("-----", "")):
        forged = one_provider().statement({"sub": "ana"}, alg="HS256", key=OctKey.import_key(text, {"kid": "rsa"}))
        with pytest.raises(NotGenuine, match="not accepted"):
            claims_of(forged, published(key), types=TYPES)


def test_a_secret_among_the_keys_signs_nothing() -> None:
    secret = OctKey.import_key("x" * 32, {"kid": "one"})
    text = one_provider().statement({"sub": "ana"}, alg="HS256", key=secret)
    with pytest.raises(NotGenuine):
        claims_of(text, [dict(secret.as_dict())], types=TYPES)


def test_another_key_of_the_same_name_signs_nothing() -> None:
    text = one_provider().statement({"sub": "ana"}, key=new_key("one"))
    with pytest.raises(NotGenuine, match="signature"):
        claims_of(text, published(new_key("one")), types=TYPES)


def test_a_key_is_used_for_its_own_algorithm_and_for_signatures_alone() -> None:
    key = new_key("one")
    text = one_provider().statement({"sub": "ana"}, key=key)
    (public,) = published(key)
    for other in ({"use": "enc"}, {"alg": "ES384"}, {"crv": "P-384"}, {"kid": "two"}):
        with pytest.raises(UnknownKey):
            claims_of(text, [public | other], types=TYPES)
    with pytest.raises(UnknownKey):
        claims_of(text, [public, public], types=TYPES)


def test_a_key_that_the_statement_brings_along_is_not_looked_at() -> None:
    thief, key = new_key("one"), new_key("one")
    header = {"alg": "ES256", "kid": "one", "jwk": published(thief)[0], "jku": "https://rogue.example/keys"}
    text = jws.serialize_compact(header, b'{"sub": "ana"}', thief, algorithms=["ES256"])
    with pytest.raises(NotGenuine):
        claims_of(text, published(key), types=TYPES)


def test_a_short_rsa_key_counts_for_nothing() -> None:
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024, {"kid": "one"})
    text = one_provider().statement({}, alg="RS256", key=short)
    with pytest.raises(UnknownKey):
        claims_of(text, published(short), types=TYPES)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "..", "é.é.é", "x" * 40_000, "e30.e30.e30"])
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(NotGenuine):
        claims_of(text, published(ECKey.generate_key("P-256")), types={*TYPES})


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "oauth-id-jag+jwt"])
def test_a_statement_of_another_kind_is_not_taken_for_one_of_this(typ: str) -> None:
    one = one_provider()
    text = one.statement({"sub": "ana"}, typ=typ)
    with pytest.raises(NotGenuine, match="kind"):
        claims_of(text, published(*one.keys), types=TYPES)


@pytest.mark.parametrize(
    "said",
    [
        {"exp": None},
        {"iat": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"iat": float("nan")},
        {"nbf": float("nan")},
        {"iat": 9e15, "exp": 9e15 + 1},
        {"exp": 0},
        {"nbf": 9e15},
    ],
)
def test_a_statement_says_from_when_to_when_it_counts(said: Claims) -> None:
    one = one_provider()
    with pytest.raises(NotGenuine):
        check_times(one.times() | said, one.clock())


def test_a_statement_that_has_expired_is_of_the_future_or_lasts_too_long_does_not_count() -> None:
    one = one_provider()
    times, now = one.times(), one.clock()
    assert check_times(times, now) > now
    for moment in (now + timedelta(minutes=6, seconds=1), now - timedelta(minutes=2)):
        with pytest.raises(NotGenuine):
            check_times(times, moment)
    with pytest.raises(NotGenuine, match="too long"):
        check_times(times | {"exp": times["iat"] + 90_000}, now)


async def test_a_new_key_of_the_provider_is_found_and_one_that_is_made_up_asks_once_a_minute() -> None:
    clock = SettableClock()
    async with provider(clock) as one:
        known = Providers(clock, one.guard)
        claims: Claims = {"sub": "ana"}
        assert await known.claims(ISSUER, one.statement(claims), types=TYPES) == claims
        assert one.asked == ["/.well-known/openid-configuration", "/keys"]

        one.keys.insert(0, new_key("two"))
        clock.advance(timedelta(minutes=2))
        assert await known.claims(ISSUER, one.statement(claims), types=TYPES) == claims
        assert one.asked.count("/keys") == 2

        for _ in range(3):
            with pytest.raises(UnknownKey):
                await known.claims(ISSUER, one.statement(claims, kid="made-up"), types=TYPES)
        assert one.asked.count("/keys") == 2


async def test_a_key_that_the_provider_withdraws_counts_for_an_hour_at_most() -> None:
    clock = SettableClock()
    async with provider(clock) as one:
        known = Providers(clock, one.guard)
        text = one.statement({"sub": "ana"})
        await known.claims(ISSUER, text, types=TYPES)
        one.keys[:] = [new_key("two")]
        clock.advance(timedelta(hours=1))
        with pytest.raises(UnknownKey):
            await known.claims(ISSUER, text, types=TYPES)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://rogue.example"},
        {"issuer": f"{ISSUER}/"},
        {"issuer": None},
        {"token_endpoint": "http://login.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_provider_that_speaks_for_another_or_names_no_safe_address_is_not_used(said: Claims) -> None:
    clock = SettableClock()
    async with provider(clock) as one:
        one.published = said
        with pytest.raises(NotFetched):
            await Providers(clock, one.guard).published(ISSUER)
