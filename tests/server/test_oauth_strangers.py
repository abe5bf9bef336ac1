"""What strangers send to the authorization server, and whom it asks for them."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import pytest_asyncio
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from server.oauth.fetching import URL_LENGTH_MAX, NotFetched
from server.oauth.proving import ASSERTION_TYPE, KEYS_FRESH
from server.oauth.remembered import ADDRESSES_MAX, ASKED_AGAIN
from tests.support.authorization import CALLBACK
from tests.support.http import HERE, House, house
from tests.support.oauth import authorize_url

in_one_house = pytest.mark.asyncio(loop_scope="module")
KEYS = "https://chat.example/keys.json"
HALF = "\ud800"
BY_KEY = {"token_endpoint_auth_method": "private_key_jwt"}


class Elsewhere:
    """What stands at addresses elsewhere; `asked` are those that were asked for."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []

    async def fetch(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        if url not in self.documents:
            raise NotFetched("The host cannot be reached.")
        return self.documents[url]


@pytest.fixture(scope="module")
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("strangers") / "data", fetch=elsewhere.fetch) as made:
        yield made


def text_of(part: object) -> str:
    """A part of a statement, as it is sent."""
    said = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


async def registered(home: House, key: ECKey, **said: Any) -> str:
    where = said or {"jwks": {"keys": [key.as_dict(private=False)]}}
    answer = await home.site.send("POST", "/oauth/register", json={"redirect_uris": [CALLBACK]} | BY_KEY | where)
    return str(answer.json()["client_id"])


def claims_of(home: House, client_id: str, **more: Any) -> dict[str, Any]:
    now = int(home.one.office.latest().timestamp())
    said = {"iss": client_id, "sub": client_id, "aud": HERE, "exp": now + 60, "jti": json.dumps(more)} | more
    return {name: value for name, value in said.items() if value is not None}


def signed(home: House, key: ECKey, client_id: str, **more: Any) -> str:
    return jwt.encode({"alg": "ES256"}, claims_of(home, client_id, **more), key)


async def brings(home: House, assertion: str, **more: str) -> httpx2.Response:
    asked = {"grant_type": "refresh_token", "refresh_token": "cfr_unknown", "client_assertion_type": ASSERTION_TYPE}
    body = urlencode(asked | {"client_assertion": assertion} | more)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await home.site.send("POST", "/oauth/token", content=body, headers=headers)


async def is_believed(home: House, assertion: str) -> bool:
    answer = await brings(home, assertion)
    assert answer.status_code in (400, 401), answer.text
    return bool(answer.json()["error"] == "invalid_grant")


@in_one_house
@pytest.mark.parametrize(
    "said",
    [
        {"grant_types": ["authorization_code", []]},
        {"grant_types": ["authorization_code", {}]},
        {"grant_types": {"authorization_code": 1}},
        {"response_types": ["code", [[]]]},
        {"client_name": HALF},
        {HALF: 1},
        {"client_name": float("nan")},
        {"contacts": 10**400},
        {"contacts": json.loads("[" * 500 + "]" * 500)},
        BY_KEY | {"jwks_uri": f"https://chat.example/{HALF}"},
        BY_KEY | {"jwks_uri": "https://chat.example/" + "x" * URL_LENGTH_MAX},
        BY_KEY | {"jwks_uri": "https://127.0.0.1/keys"},
        BY_KEY | {"jwks_uri": "https://chat.example:22/keys"},
        BY_KEY | {"jwks": {"keys": [7]}},
        BY_KEY | {"jwks": {"keys": [{"kty": []}]}},
        BY_KEY | {"jwks": {"keys": [{"kty": "EC", "crv": [], "x": 1, "y": {}}]}},
        BY_KEY | {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
    ],
    ids=lambda said: ascii(said)[:50],
)
async def test_what_nobody_could_keep_or_use_is_not_registered(home: House, said: dict[str, Any]) -> None:
    body = json.dumps({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"} | said)
    answer = await home.site.send("POST", "/oauth/register", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


@in_one_house
async def test_the_name_of_a_key_is_no_half_character(home: House) -> None:
    key = ECKey.generate_key("P-256").as_dict(private=False) | {"kid": HALF}
    body = json.dumps({"redirect_uris": [CALLBACK], "jwks": {"keys": [key]}} | BY_KEY)
    assert (await home.site.send("POST", "/oauth/register", content=body)).status_code == 400


@in_one_house
async def test_a_statement_that_cannot_be_read_proves_nothing(home: House) -> None:
    key = ECKey.generate_key("P-256")
    client_id = await registered(home, key)
    header = {"alg": "ES256"}
    for claims in (
        claims_of(home, client_id, sub=HALF, iss=HALF),
        claims_of(home, client_id, jti=HALF),
        claims_of(home, client_id, more=json.loads("[" * 900 + "]" * 900)),
    ):
        body = json.dumps(claims).encode()
        assert not await is_believed(home, jws.serialize_compact(header, body, key))
        assert (await brings(home, jws.serialize_compact(header, body, key), client_id=client_id)).status_code == 401
    for text in (
        f"{text_of(header)}.{text_of(b'[' * 5_000)}.x",
        f"{text_of({'alg': []})}.{text_of(claims_of(home, client_id))}.x",
        f"{text_of(b'[' * 5_000)}.{text_of(claims_of(home, client_id))}.x",
        f"{text_of([])}.{text_of([])}.x",
        "é.é.é",
        "..",
    ):
        assert not await is_believed(home, text)


@in_one_house
async def test_a_statement_counts_between_its_moments_and_for_the_issuer_in_either_form(home: House) -> None:
    key = ECKey.generate_key("P-256")
    client_id = await registered(home, key)
    now = home.one.office.latest().timestamp()
    for good in ({"exp": now + 60.5}, {"nbf": now}, {"nbf": now - 0.5}, {"aud": f"{HERE}/"}, {"aud": [f"{HERE}/"]}):
        assert await is_believed(home, signed(home, key, client_id, **good)), good
    for wrong in ({"exp": True}, {"nbf": now + 600}, {"nbf": "now"}, {"exp": now}, {"jti": "x" * 5_000}):
        assert not await is_believed(home, signed(home, key, client_id, **wrong)), wrong


@in_one_house
async def test_the_keys_of_a_program_are_asked_for_once_in_a_while_and_for_what_may_be_its_own(
    home: House, elsewhere: Elsewhere
) -> None:
    key, other = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    client_id = await registered(home, key, jwks_uri=KEYS)
    elsewhere.asked.clear()
    for more in ({"aud": "https://evil.example"}, {"exp": 1}, {"iss": "cfp_other"}, {"jti": ""}):
        assert not await is_believed(home, signed(home, key, client_id, **more))
    assert elsewhere.asked == [], "what does not even say the right thing has nobody asked"
    for number in range(5):
        assert (await brings(home, signed(home, key, client_id, jti=str(number)))).status_code == 503
    assert elsewhere.asked == [KEYS], "that they cannot be had is remembered"
    elsewhere.documents[KEYS] = {"keys": [key.as_dict(private=False)]}
    home.one.clock.advance(ASKED_AGAIN)
    for number in range(5):
        assert await is_believed(home, signed(home, key, client_id, jti=f"again {number}"))
        assert not await is_believed(home, signed(home, other, client_id, jti=f"another {number}"))
    assert elsewhere.asked == [KEYS] * 2
    elsewhere.documents[KEYS] = {"keys": [other.as_dict(private=False)]}
    home.one.clock.advance(ASKED_AGAIN)
    assert await is_believed(home, signed(home, other, client_id, jti="new")), "a program may change its key"
    elsewhere.documents.pop(KEYS)
    home.one.clock.advance(ASKED_AGAIN)
    assert (await brings(home, signed(home, key, client_id, jti="withdrawn"))).status_code == 503
    assert await is_believed(home, signed(home, other, client_id, jti="its host is away"))
    home.one.clock.advance(KEYS_FRESH)
    assert (await brings(home, signed(home, other, client_id, jti="for long"))).status_code == 503


@in_one_house
@pytest.mark.parametrize("keys", [{"keys": [7]}, {"keys": {}}, {}, {"keys": [{"kty": "EC", "crv": "P-256"}]}])
async def test_what_stands_in_the_place_of_keys_proves_nothing(
    home: House, elsewhere: Elsewhere, keys: dict[str, Any]
) -> None:
    key = ECKey.generate_key("P-256")
    address = f"https://chat.example/{abs(hash(str(keys)))}"
    client_id = await registered(home, key, jwks_uri=address)
    elsewhere.documents[address] = keys
    assert not await is_believed(home, signed(home, key, client_id))


@in_one_house
async def test_a_document_that_cannot_be_had_or_is_not_in_order_is_asked_for_once_in_a_while(
    home: House, elsewhere: Elsewhere
) -> None:
    gone, odd = "https://chat.example/gone.json", "https://chat.example/strange.json"
    elsewhere.documents[odd] = {"client_id": gone}
    elsewhere.asked.clear()
    for address in (gone, odd):
        for _ in range(3):
            assert (await home.site.send("GET", authorize_url(address).removeprefix(HERE))).status_code == 400
    assert elsewhere.asked == [gone, odd]
    home.one.clock.advance(ASKED_AGAIN)
    assert (await home.site.send("GET", authorize_url(gone).removeprefix(HERE))).status_code == 400
    assert elsewhere.asked == [gone, odd, gone]
    for number in range(ADDRESSES_MAX):
        await home.site.send("GET", authorize_url(f"https://chat.example/{number}.json").removeprefix(HERE))
    await home.site.send("GET", authorize_url(gone).removeprefix(HERE))
    assert elsewhere.asked[-1] == gone, "of so many addresses the last ones are remembered"
