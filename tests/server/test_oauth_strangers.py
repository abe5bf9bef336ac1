"""What strangers send to the authorization server, and whom it asks for them."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from joserfc import jws, jwt
from joserfc.jwk import ECKey
from starlette.requests import Request

from server.http.limits import Allowance
from server.oauth.askers import asker_of
from server.oauth.fetching import URL_LENGTH_MAX, NotFetched
from server.oauth.proving import ASSERTION_TYPE, KEYS_FRESH
from server.oauth.remembered import ADDRESSES_MAX, ASKED_AGAIN
from tests.support.authorization import CALLBACK, VERIFIER, a_program, allowed
from tests.support.browser_forms import Browser
from tests.support.http import HERE, House, house
from tests.support.oauth import authorize_url, called

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
    return await called(home, "/oauth/token", **(asked | {"client_assertion": assertion} | more))


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


async def test_so_many_addresses_are_asked_for_strangers_and_no_more(tmp_path: Any, elsewhere: Elsewhere) -> None:
    elsewhere.asked.clear()
    allowance = Allowance(programs_burst=3, programs_per_second=1)
    async with house(tmp_path / "data", fetch=elsewhere.fetch, allowance=allowance) as home:
        answers = []
        for number in range(5):
            key = ECKey.generate_key("P-256")
            where = {"redirect_uris": [f"{CALLBACK}/{number}"], "jwks_uri": f"{KEYS}/{number}"}
            client_id = await registered(home, key, **where)
            answers.append(await brings(home, signed(home, key, client_id)))
    assert [one.status_code for one in answers] == [503, 503, 503, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert len(elsewhere.asked) == 3


def test_an_asker_is_a_network_and_on_this_machine_what_is_asked_for() -> None:
    def asker(address: str, named: str = "") -> str:
        client = (address, 1) if address else None
        return asker_of(Request({"type": "http", "headers": [], "client": client}), named)

    assert asker("198.51.100.7") == asker("198.51.100.7", "x") != asker("198.51.100.8")
    assert asker("2001:db8::1") == asker("2001:db8::2") != asker("2001:db8:0:1::1")
    for here in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", ""):
        assert asker(here, "x") == asker("127.0.0.1", "x") != asker(here, "y")
        assert asker(here) == ""


async def test_behind_a_proxy_on_this_machine_one_stranger_does_not_stop_the_others(tmp_path: Any) -> None:
    allowance = Allowance(programs_burst=3, programs_per_second=1, burst=3, per_second=1)
    async with house(tmp_path / "data", allowance=allowance) as home:
        guess = "cfr_guessed"
        for _ in range(4):
            register = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
            refused = await home.site.send("POST", "/oauth/register", json=register)
            asked = await home.site.send("GET", "/oauth/authorize?client_id=x")
            spent = await called(home, "/oauth/token", grant_type="refresh_token", refresh_token=guess)
            given = await called(home, "/oauth/revoke", token=guess)
        for answer in (refused, asked, spent, given):
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        connection = await allowed(home.one.office, home.bakery)
        browser = Browser(home.site)
        assert (await browser.open(authorize_url(connection.program.id))).status_code == 303
        code = {"grant_type": "authorization_code", "code": connection.code, "code_verifier": VERIFIER}
        redeemed = await called(home, "/oauth/token", client_id=connection.program.id, **code)
        assert redeemed.status_code == 200
        refresh = {"grant_type": "refresh_token", "refresh_token": redeemed.json()["refresh_token"]}
        assert (await called(home, "/oauth/token", client_id=connection.program.id, **refresh)).status_code == 200
        other = {"redirect_uris": ["https://another.example/"], "token_endpoint_auth_method": "none"}
        assert (await home.site.send("POST", "/oauth/register", json=other)).status_code == 201


async def test_who_is_signed_in_connects_a_program_that_strangers_ask_for_without_end(tmp_path: Any) -> None:
    async with house(tmp_path / "data", allowance=Allowance(programs_burst=3, programs_per_second=1)) as home:
        program = await a_program(home.one.office)
        stranger, owner = Browser(home.site), Browser(home.site)
        await owner.be(home.one.office)
        answers = [(await stranger.open(authorize_url(program.id))).status_code for _ in range(4)]
        assert answers == [303, 303, 303, 429]
        assert (await owner.open(authorize_url(program.id))).status_code == 303
