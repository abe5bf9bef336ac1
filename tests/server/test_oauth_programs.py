"""Client programs: what may register, what a document may say, and how a program proves to be itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import text

from operations.authorization.granting import REFRESH_TOKEN
from operations.authorization.programs import known_program
from server.http.limits import Allowance
from server.oauth.client_statements import LIFETIME_MAX
from server.oauth.descriptions import NAME_LENGTH_MAX, shown_name
from server.oauth.fetching import NotFetched
from server.oauth.programs import FRESH_FOR, STALE_FOR, is_address
from server.oauth.proving import ASSERTION_TYPE
from server.oauth.redirects import is_acceptable, is_one_of, place_of
from tests.support.authorization import CALLBACK, VERIFIER, a_program, allowed
from tests.support.http import BAKERY, HERE, House, house
from tests.support.oauth import ALLOWED, Person, authorize_url, called, owner_of

in_one_house = pytest.mark.asyncio(loop_scope="module")
ADDRESS = "https://chat.example/oauth/client.json"
ACCEPTABLE = (
    "https://claude.ai/api/mcp/auth_callback",
    "https://chat.example:8443/callback?tenant=1",
    "http://127.0.0.1:33418/",
    "http://127.0.0.1/callback",
    "http://localhost:8787/callback",
    "http://[::1]:3000/callback",
    "com.example.chat:/callback",
    "com.example.chat://callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "vscode://vscode.microsoft-authentication",
)
UNACCEPTABLE = (
    "",
    "callback",
    "//chat.example/callback",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vbscript:x",
    "blob:https://chat.example/x",
    "myapp:/callback",
    "http://chat.example/callback",
    "http://localhost.evil.example/callback",
    "http://localhost@evil.example/callback",
    "http://127.0.0.1.evil.example/callback",
    "http://127.0.0.1@evil.example/callback",
    "http://127.1/callback",
    "http://2130706433/callback",
    "http://0.0.0.0/callback",
    "https://me:secret@chat.example/callback",
    "https://chat.example/callback#x",
    "https://*.example/callback",
    "https://chat.example/*",
    "https://chat.example\\@evil.example/callback",
    "https://chat.example:x/callback",
    "https://chat/callback",
    "https://10.0.0.1/callback",
    "https://сhat.example/callback",
    "https://chat.example/a b",
    "https://chat.example/" + "a" * 1_000,
)


@pytest.mark.parametrize("uri", ACCEPTABLE)
def test_a_program_may_be_answered_at_a_host_at_this_computer_or_in_an_app(uri: str) -> None:
    assert is_acceptable(uri)
    assert is_one_of(uri, [uri])


@pytest.mark.parametrize("uri", UNACCEPTABLE)
def test_a_program_may_not_be_answered_where_its_answer_could_go_astray(uri: str) -> None:
    assert not is_acceptable(uri)
    assert not is_one_of(uri, [uri])


def test_the_port_alone_is_free_and_on_this_computer_alone() -> None:
    for own, other in (
        ("http://127.0.0.1:3000/callback", "http://127.0.0.1:4000/callback"),
        ("http://localhost/callback", "http://localhost:4000/callback"),
        ("http://[::1]:1/callback", "http://[::1]:2/callback"),
    ):
        assert is_one_of(other, [own])
        assert not is_one_of(other + "/", [own])
        assert not is_one_of(other + "?x=1", [own])
    assert not is_one_of("http://localhost:3000/callback", ["http://127.0.0.1:3000/callback"])
    assert not is_one_of("https://chat.example:8443/callback", ["https://chat.example/callback"])
    assert [place_of(uri) for uri in ("https://chat.example/x", "http://localhost:1/x", "com.example.chat:/x")] == [
        "chat.example",
        "",
        "com.example.chat:",
    ]


def test_a_programs_name_is_one_short_line_in_which_nothing_hides() -> None:
    assert shown_name("Ledger\u202e\u2066 Chat\u200b\x00\n\tof  mine") == "Ledger Chat of mine"
    assert len(shown_name("a" * 5_000)) == NAME_LENGTH_MAX
    assert shown_name("\u200b\u202e") == shown_name(None) == shown_name(7) == "a program without a name"


def test_the_address_of_a_document_has_one_form() -> None:
    assert is_address(ADDRESS)
    for other in (
        "https://chat.example",
        "https://chat.example/",
        "http://chat.example/a",
        "https://chat.example/a#b",
        "https://chat.example/a/../b",
        "https://chat.example/%2e%2e/b",
        "https://Chat.example/a",
        "https://me@chat.example/a",
        "https://chat.example/a?b=c",
        "https://chat.example:8443/a",
    ):
        assert not is_address(other), other


class Elsewhere:
    """What stands at addresses elsewhere; `asked` are those that were asked for."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []

    async def fetch(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        if not isinstance(found := self.documents.get(url), dict):
            raise NotFetched("The host cannot be reached.")
        return found


@pytest.fixture(scope="module")
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("programs") / "data", fetch=elsewhere.fetch) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def owner(home: House) -> Person:
    return await owner_of(home)


def by(method: str) -> dict[str, str]:
    return {"token_endpoint_auth_method": method}


async def register(home: House, **said: Any) -> httpx2.Response:
    return await home.site.send("POST", "/oauth/register", json={"redirect_uris": [CALLBACK]} | said)


@in_one_house
async def test_what_registers_is_told_what_is_kept_of_it(home: House) -> None:
    public = await register(home, client_name="Chat", scope="read x", logo_uri="x", **by("none"))
    assert (public.status_code, public.headers["cache-control"]) == (201, "no-store")
    told = public.json()
    assert told["client_id"].startswith("cfp_")
    assert "client_secret" not in told
    assert {
        name: told[name] for name in ("client_name", "redirect_uris", "grant_types", "response_types", "scope")
    } == {
        "client_name": "Chat",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "read",
    }
    secret = (await register(home)).json()
    assert (secret["token_endpoint_auth_method"], len(secret["client_secret"])) == ("client_secret_basic", 32)


@in_one_house
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK, "javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [CALLBACK, 7]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"{CALLBACK}/{number}" for number in range(21)]}, "invalid_redirect_uri"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []}}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": [7]}, "invalid_client_metadata"),
    ],
)
async def test_what_is_not_served_is_not_registered(home: House, said: dict[str, Any], code: str) -> None:
    answer = await register(home, **said)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


@in_one_house
async def test_no_private_key_is_kept(home: House) -> None:
    key = ECKey.generate_key("P-256")
    keys = {"keys": [key.as_dict(private=True)]}
    answer = await register(home, jwks=keys, **by("private_key_jwt"))
    assert answer.json()["error"] == "invalid_client_metadata"
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 50_000):
        answer = await home.site.send("POST", "/oauth/register", content=body)
        assert answer.json()["error"] == "invalid_client_metadata"


async def test_an_address_registers_as_many_programs_as_it_is_let(tmp_path: Any) -> None:
    async with house(tmp_path / "data", allowance=Allowance(programs_burst=3, programs_per_second=1)) as home:
        answers = [(await register(home)).status_code for _ in range(4)]
        asked = [await home.site.send("GET", "/oauth/authorize?client_id=x") for _ in range(4)]
    assert answers == [201, 201, 201, 429]
    assert [one.status_code for one in asked] == [400, 400, 400, 429]


@in_one_house
async def test_a_program_may_describe_itself_in_a_document(home: House, owner: Person, elsewhere: Elsewhere) -> None:
    elsewhere.documents[ADDRESS] = {"client_id": ADDRESS, "client_name": "Ledger Chat", "redirect_uris": [CALLBACK]}
    answer = await owner.decide(authorize_url(ADDRESS, f"{HERE}/mcp/{BAKERY}"))
    page = " ".join(owner.asked[0].split())
    assert "<strong>chat.example</strong>" in page
    assert "says it is called" not in page
    redeemed = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": VERIFIER}
    tokens = (await called(home, "/oauth/token", client_id=ADDRESS, **redeemed)).json()
    assert tokens["refresh_token"].startswith(REFRESH_TOKEN)
    assert elsewhere.asked.count(ADDRESS) == 1, "it is read once in an hour"
    elsewhere.documents.pop(ADDRESS)
    home.one.clock.advance(FRESH_FOR)
    again = {"grant_type": "refresh_token", "client_id": ADDRESS}
    tokens = (await called(home, "/oauth/token", refresh_token=tokens["refresh_token"], **again)).json()
    assert "refresh_token" in tokens, "that its host is away does not end a connection"
    assert (await owner.browser.open(authorize_url(ADDRESS))).status_code == 400, "and nobody is asked anew meanwhile"
    home.one.clock.advance(STALE_FOR)
    gone = await called(home, "/oauth/token", refresh_token=tokens["refresh_token"], **again)
    assert (gone.status_code, gone.json()["error"]) == (401, "invalid_client")


@in_one_house
async def test_a_waiting_request_is_answered_nowhere_that_the_document_has_withdrawn(
    home: House, owner: Person, elsewhere: Elsewhere
) -> None:
    address = "https://chat.example/moved.json"
    elsewhere.documents[address] = {"client_id": address, "redirect_uris": [CALLBACK]}
    await owner.browser.open(authorize_url(address))
    home.one.clock.advance(FRESH_FOR - timedelta(minutes=1))
    page = HERE + (await owner.browser.open(authorize_url(address))).headers["location"]
    shown = await owner.browser.open(page)
    home.one.clock.advance(timedelta(minutes=1))
    elsewhere.documents[address] = {"client_id": address, "redirect_uris": ["https://chat.example/callback"]}
    for act in ("allow", "deny"):
        answer = await owner.browser.press(page, shown, act, **ALLOWED)
        assert (shown.status_code, answer.status_code, "location" in answer.headers) == (200, 404, False)


@in_one_house
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
async def test_whoever_names_an_address_where_tokens_are_given_has_nothing_fetched_or_kept(
    home: House, elsewhere: Elsewhere, path: str
) -> None:
    address = f"https://chat.example{path}.json"
    elsewhere.documents[address] = {"client_id": address, "redirect_uris": [CALLBACK]}
    sent = {"grant_type": "refresh_token", "refresh_token": "cfr_unknown", "token": "cfr_unknown"}
    answer = await called(home, path, client_id=address, **sent)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert address not in elsewhere.asked
    assert await known_program(home.one.office, address) is None


@in_one_house
async def test_nobody_is_led_to_the_web_for_a_program_that_nobody_has_allowed_anything(
    home: House, owner: Person
) -> None:
    web = "https://chat.example/callback"
    program = await a_program(home.one.office, redirect_uris=(CALLBACK, web))

    async def led_to(uri: str) -> str:
        answer = await owner.browser.open(authorize_url(program.id, redirect_uri=uri, response_type="x"))
        return str(answer.headers.get("location", answer.status_code)).partition("?")[0]

    assert [await led_to(uri) for uri in (web, CALLBACK)] == ["400", CALLBACK]
    await allowed(home.one.office, program=program)
    assert [await led_to(uri) for uri in (web, CALLBACK)] == [web, CALLBACK]


@in_one_house
@pytest.mark.parametrize(
    "said",
    [
        {"client_id": "https://chat.example/another.json"},
        {"client_id": None},
        {"client_secret": "x"},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": "http://127.0.0.1/callback"},
        {"token_endpoint_auth_method": "client_secret_basic"},
    ],
)
async def test_a_document_that_is_not_in_order_sends_nobody_anywhere(
    home: House, owner: Person, elsewhere: Elsewhere, said: dict[str, Any]
) -> None:
    address = "https://chat.example/odd.json"
    elsewhere.documents[address] = {"client_id": address, "redirect_uris": [CALLBACK]} | said
    answer = await owner.browser.open(authorize_url(address))
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@in_one_house
async def test_what_is_no_address_of_a_document_is_not_asked_for(
    home: House, owner: Person, elsewhere: Elsewhere
) -> None:
    before = list(elsewhere.asked)
    for address in (
        "http://chat.example/a",
        "https://chat.example",
        "https://127.0.0.1:1/a?b",
        "https://me@chat.example/",
    ):
        assert (await owner.browser.open(authorize_url(address))).status_code == 400
    assert elsewhere.asked == before


def statement(key: Any, client_id: str, now: int, **more: Any) -> str:
    claims = {"iss": client_id, "sub": client_id, "aud": HERE, "iat": now, "exp": now + 60, "jti": json.dumps(more)}
    said = {name: value for name, value in (claims | more).items() if value is not None}
    return jwt.encode({"alg": "ES256" if isinstance(key, ECKey) else "RS256"}, said, key)


@in_one_house
@pytest.mark.parametrize("by_address", [False, True])
async def test_a_program_proves_itself_with_a_key_and_each_statement_once(
    home: House, elsewhere: Elsewhere, by_address: bool
) -> None:
    key, other = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
    keys = {"keys": [key.as_dict(private=False)]}
    elsewhere.documents["https://chat.example/keys.json"] = keys
    where: dict[str, Any] = {"jwks_uri": "https://chat.example/keys.json"} if by_address else {"jwks": keys}
    client_id = (await register(home, **by("private_key_jwt"), **where)).json()["client_id"]
    now = int(home.one.office.latest().timestamp())

    async def refused(assertion: str, **more: str) -> bool:
        asked = {"grant_type": "refresh_token", "refresh_token": "cfr_unknown", "client_assertion_type": ASSERTION_TYPE}
        answer = await called(home, "/oauth/token", **(asked | {"client_assertion": assertion} | more))
        assert answer.status_code in (400, 401)
        return bool(answer.json()["error"] == "invalid_client")

    long = int(LIFETIME_MAX.total_seconds())
    wrong: list[dict[str, Any]] = [
        {"aud": "https://evil.example"},
        {"aud": None},
        {"iss": "cfp_other"},
        {"exp": now - 1},
        {"exp": now + long + 60},
        {"exp": None},
        {"jti": None},
        {"exp": "soon"},
    ]
    for more in wrong:
        assert await refused(statement(key, client_id, now, **more)), more
    assert await refused(statement(other, client_id, now))
    assert await refused("a.b.c")
    assert await refused("")
    assert await refused(statement(key, client_id, now), client_assertion_type="x")
    good = statement(key, client_id, now, aud=[f"{HERE}/oauth/token"])
    assert not await refused(good), "it is the token that is unknown now"
    assert await refused(good), "a statement counts once"
    unsigned = good.rpartition(".")[0] + "."
    assert await refused(unsigned)


@in_one_house
async def test_a_program_that_was_forgotten_is_told_so(home: House) -> None:
    given = await allowed(home.one.office, home.bakery)
    tokens = await given.redeem()
    forget = text("DELETE FROM client_programs WHERE id = :id").bindparams(id=given.program.id)
    await home.one.store.directory.write(lambda db: db.connection().execute(forget))
    home.one.clock.advance(timedelta(seconds=1))
    asked = {"grant_type": "refresh_token", "client_id": given.program.id, "refresh_token": tokens.refresh}
    answer = await called(home, "/oauth/token", **asked)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
