"""The doors: which credential opens which URL, and what the others learn: nothing, not even that there is something."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from invoicing.organizations import EVERYTHING
from invoicing.refusals import NotFound
from operations.credentials import create_token
from server.http.limits import BODY_BYTES_MAX
from storage.directory.database import DIRECTORY_FILE
from tests.support.http import BAKERY, FINCH, HERE, House, bearer, house, message_of, modern_headers, whole
from tests.support.people import colleague, in_the_directory, refusal
from tests.support.raw import raw

GHOST = "ghost-sandbox"
METADATA = "/.well-known/oauth-protected-resource"
INITIALIZE = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
ODD = {
    "/MCP": 200,
    "/mcp/": 200,
    "/Mcp/HARBOUR-Bakery-Sandbox/": 200,
    f"/mcp/{BAKERY}?organization={FINCH}": 200,
    "/mcp/%68arbour-bakery-sandbox": 200,
    "/mcp/harbour-bakery%2Dsandbox": 200,
    f"/mcp%2F{BAKERY}": 404,
    f"/mcp/{BAKERY}%2F": 404,
    "//mcp": 404,
    "/mcp//": 404,
    f"/mcp//{BAKERY}": 404,
    f"//mcp/{BAKERY}": 404,
    f"/mcp/{BAKERY}//": 404,
    f"/mcp/{BAKERY}/{FINCH}": 404,
    f"/mcp/{BAKERY}%2F{FINCH}": 404,
    f"/mcp/{FINCH}/%2e%2e/{BAKERY}": 404,
    "/mcp/%2e%2e/mcp": 404,
    "/mcp/%2e": 404,
    "/mcp/%2e%2e": 404,
    f"/mcp/%20{BAKERY}": 404,
    f"/mcp/{BAKERY}%0a": 404,
    f"/mcp/{BAKERY}%00": 404,
    f"/mcp/%00{BAKERY}": 404,
    f"/mcp/{BAKERY};x": 404,
    f"/mcp/{BAKERY}%3Fx": 404,
    "/mcp/%EF%BD%88arbour-bakery-sandbox": 404,
    "/%EF%BD%8Dcp": 404,
    "/mcp/harbour-ba%E2%84%AAery-sandbox": 404,
    "/mcp/%ff": 404,
    "/mcp/-" + BAKERY: 404,
    "/mcp/" + "a" * 64: 404,
    "/mcp/" + "a" * 300: 404,
    "/mcp/k": 404,
    "/mcp/K/": 404,
    "/mcp/k/": 404,
    "/mcp/k/short": 404,
    "/mcp/k/" + "a" * 32: 404,
    "/mcp/k/" + "1" * 32: 404,
    "/mcp/k/" + "a" * 300: 404,
    "/mcpx": 404,
    "/": 404,
    "/mcp/%c4%b0": 404,
}
"""How a path is answered to the owner of the practice; none of these is the other client's connection."""

UNKNOWN_SECRETS = {
    "unknown": f"Bearer cft_0123456789_{'a' * 32}",
    "malformed": "Bearer %00'; --",
    "empty": "Bearer ",
    "no scheme": "a" * 32,
    "basic": "Basic b3duZXI6b3duZXI=",
    "long": "Bearer " + "a" * 5000,
}


@dataclass(frozen=True, slots=True)
class Doors:
    """The house with a credential of each sort, as the header that carries it."""

    home: House
    headers: Mapping[str, str]
    link: str

    async def knock(self, path: str, credential: str = "", method: str = "POST") -> httpx2.Response:
        given = {"Authorization": self.headers[credential]} if credential else {}
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}}
        asked: dict[str, Any] = {"headers": modern_headers("ping", {}) | given} | (
            {"json": body} if method == "POST" else {}
        )
        return await self.home.site.send(method, path, **asked)


OPENED = {
    "owner": [200, 200, 200, 404],
    "read-only": [200, 200, 200, 404],
    "limited": [200, 200, 404, 404],
    "key of A": [200, 200, 404, 404],
    "read-only key of A": [200, 200, 404, 404],
}
"""How the practice, A, the other client and what is not there answer each credential that opens anything of these."""
CREDENTIALS = (*OPENED, "link of A", "expired", "expired key", "revoked", "revoked key", *UNKNOWN_SECRETS)
IN_ONE_HOUSE = pytest.mark.asyncio(loop_scope="module")
"""Tests that only knock: they share one house, and its event loop."""


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with _doors(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def same_doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    async with _doors(tmp_path_factory.mktemp("doors")) as made:
        yield made


@asynccontextmanager
async def _doors(folder: Path) -> AsyncIterator[Doors]:
    async with house(folder / "data") as home:
        made, one = home.credentials, home.one
        limited = await colleague(one, one.organization, "accountant", all_clients=False)
        values = (limited.principal.user_id, home.bakery.id)
        in_the_directory(one, "INSERT INTO membership_clients (user_id, organization_id) VALUES (?, ?)", *values)
        secrets = {
            "owner": await made.token(),
            "limited": await made.token(limited.principal.label),
            "read-only": await made.token(read_only=True),
            "key of A": await made.key(home.bakery),
            "read-only key of A": await made.key(home.bakery, read_only=True),
            "link of A": await made.link(home.bakery),
            "expired": await made.token(days=1),
            "expired key": await made.key(home.bakery, days=1),
            "revoked": await made.token(),
            "revoked key": await made.key(home.bakery),
        }
        await made.revoke("token", secrets["revoked"])
        await made.revoke("key", secrets["revoked key"])
        one.clock.advance(timedelta(days=1))
        headers = {name: bearer(secret)["Authorization"] for name, secret in secrets.items()} | UNKNOWN_SECRETS
        assert set(headers) == set(CREDENTIALS)
        yield Doors(home, headers, secrets["link of A"])


async def opens(doors: Doors, credential: str, path: str) -> int:
    """How the handshake's first message is answered, which needs no session."""
    headers = {"Authorization": doors.headers[credential], "Accept": "application/json, text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    return (await doors.home.site.send("POST", path, headers=headers, json=body)).status_code


@IN_ONE_HOUSE
@pytest.mark.parametrize("credential", CREDENTIALS)
async def test_every_credential_opens_its_own_doors_alone(same_doors: Doors, credential: str) -> None:
    paths = ("/mcp", f"/mcp/{BAKERY}", f"/mcp/{FINCH}", f"/mcp/{GHOST}")
    answered = [await opens(same_doors, credential, path) for path in paths]
    assert answered == OPENED.get(credential, [401, 401, 401, 401])


@IN_ONE_HOUSE
@pytest.mark.parametrize("method", ["POST", "DELETE", "GET"])
@pytest.mark.parametrize("credential", ["limited", "key of A", "read-only key of A"])
async def test_what_is_anothers_and_what_is_not_there_answer_byte_for_byte_alike(
    same_doors: Doors, credential: str, method: str
) -> None:
    theirs, nobodys = [await same_doors.knock(f"/mcp/{one}", credential, method) for one in (FINCH, GHOST)]
    assert whole(theirs) == whole(nobodys)
    assert theirs.status_code == (405 if method == "GET" else 404)


LAPSED = {
    "A credential is required: ": ("", "empty", "no scheme", "basic"),
    "this one is unknown": ("unknown", "malformed", "long", "link of A"),
    "has expired": ("expired", "expired key"),
    "was revoked": ("revoked", "revoked key"),
}
"""What is said of a credential to whoever sends it."""


@IN_ONE_HOUSE
@pytest.mark.parametrize("said", LAPSED)
async def test_who_sends_a_credential_learns_what_is_wrong_with_it_and_nothing_of_the_organization(
    same_doors: Doors, said: str
) -> None:
    # E13: whoever had an expired token was told to bring a credential, which they had.
    answers = set()
    for credential in LAPSED[said]:
        for handle in (BAKERY, FINCH, GHOST):
            status, headers, content = whole(await same_doors.knock(f"/mcp/{handle}", credential))
            assert status == 401
            assert said in content.decode()
            # RFC 6750: an error is named where there was a credential, and only there.
            challenge = dict(headers)["www-authenticate"]
            assert ('error="invalid_token"' in challenge) == (f'error_description="{content.decode()}"' in challenge)
            assert ('error="invalid_token"' in challenge) == (credential in LAPSED[said] and said[0] != "A")
            answers.add(json.dumps([headers, content.decode()]).replace(handle, "<handle>"))
    assert len(answers) == 1


@IN_ONE_HOUSE
async def test_a_credential_that_is_required_is_described(same_doors: Doors) -> None:
    challenge = (await same_doors.knock("/mcp")).headers["www-authenticate"]
    assert challenge.endswith(f'resource_metadata="{HERE}{METADATA}/mcp", scope="read write"')
    # As it was typed: what is described there is compared with that.
    typed = f"/MCP/{BAKERY.upper()}/"
    upper = await same_doors.knock(typed)
    assert f'resource_metadata="{HERE}{METADATA}{typed}"' in upper.headers["www-authenticate"]


async def test_secret_links_open_their_own_url_and_nothing_else_does(doors: Doors) -> None:
    site, link = doors.home.site, doors.link
    for path in (f"/mcp/k/{link}", f"/MCP/K/{link.upper()}/"):
        for token in ("", "unknown", doors.headers["key of A"][7:]):
            answer = await site.modern(path, token, "tools/list")
            assert answer.status_code == 200
    made, nobodys = doors.home.credentials, whole(await doors.knock(f"/mcp/k/{'b' * 32}"))
    assert nobodys[0] == 404
    key = doors.headers["key of A"][7:]
    expired, revoked = await made.link(doors.home.finch, days=1), await made.link(doors.home.finch)
    assert (await doors.knock(f"/mcp/k/{revoked}")).status_code != 404
    await made.revoke("link")
    doors.home.one.clock.advance(timedelta(days=1))
    for wrong in (key, key.rpartition("_")[2], link[:-1] + ("a" if link[-1] != "a" else "b")):
        assert whole(await doors.knock(f"/mcp/k/{wrong}")) == nobodys
        assert whole(await doors.knock(f"/mcp/k/{wrong}", "owner")) == nobodys
    # Who has the secret of a link learns why it opens nothing; 404 all the same, because there is no sign-in.
    for lapsed, said in ((expired, "expired"), (revoked, "revoked")):
        for credential in ("", "owner"):
            answer = await doors.knock(f"/mcp/k/{lapsed}", credential)
            assert (answer.status_code, said in answer.text) == (404, True)
            assert "www-authenticate" not in answer.headers
    for handle in (FINCH, GHOST, BAKERY):
        assert (await doors.knock(f"/mcp/{handle}/k/{link}", "owner")).status_code == 404


@IN_ONE_HOUSE
@pytest.mark.parametrize(("path", "wanted"), ODD.items())
async def test_a_path_is_a_connection_or_nothing(same_doors: Doors, path: str, wanted: int) -> None:
    answer = await same_doors.home.site.modern(path, same_doors.headers["owner"][7:], "server/discover")
    assert answer.status_code == wanted
    if wanted == 200:
        name = message_of(answer)["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]
        assert name == ("counterfoil" if path.lower().rstrip("/") == "/mcp" else f"counterfoil-{BAKERY}")
    assert (await same_doors.knock(path)).status_code == (404 if wanted == 404 else 401)


@IN_ONE_HOUSE
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/mcp", f"/mcp/{BAKERY}", f"/mcp/{GHOST}", "/mcp/k/<link>", f"/mcp/k/{'a' * 32}"])
async def test_other_methods_are_told_which_ones_there_are(same_doors: Doors, path: str, method: str) -> None:
    for credential in ("", "owner"):
        answer = await same_doors.knock(path.replace("<link>", same_doors.link), credential, method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, DELETE")


@IN_ONE_HOUSE
async def test_nothing_answers_without_a_credential_but_health_and_discovery(same_doors: Doors) -> None:
    site = same_doors.home.site
    assert (await site.send("GET", "/healthz")).json() == {"status": "ok"}
    for path in ("/", f"/o/{BAKERY}/connections", f"/o/{GHOST}/connections", "/keys/x"):
        answer = await site.send("GET", path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0], answer.text) == (303, "/sign-in", "")
    for path in (
        "/docs",
        "/openapi.json",
        "/metrics",
        "/healthz/",
        "/files",
        "/files/",
        "/keys",
        "/uploads",
        METADATA,
    ):
        for method in ("GET", "POST", "DELETE"):
            assert (await site.send(method, path)).status_code == 404, (method, path)
    for path in ("/healthz", f"{METADATA}/mcp", "/files/x", "/uploads/x"):
        for method in ("POST", "PUT", "DELETE"):
            assert (await site.send(method, path)).status_code == 404, (method, path)


@IN_ONE_HOUSE
async def test_discovery_says_nothing_of_what_exists_and_links_have_none(same_doors: Doors) -> None:
    described = {}
    for handle in (BAKERY, FINCH, GHOST):
        answer = await same_doors.home.site.send("GET", f"{METADATA}/mcp/{handle.upper()}/")
        assert answer.json()["resource"] == f"{HERE}/mcp/{handle.upper()}/"
        assert answer.json()["authorization_servers"] == [HERE]
        described[handle] = answer.text.replace(handle.upper(), "<handle>")
    assert len(set(described.values())) == 1
    assert (await same_doors.home.site.send("GET", f"{METADATA}/mcp")).json()["resource"] == f"{HERE}/mcp"
    nothing = whole(await same_doors.home.site.send("GET", f"{METADATA}/nothing"))
    assert nothing[0] == 404
    for path in (f"mcp/k/{same_doors.link}", f"mcp/k/{'a' * 32}", "mcp/k", "", f"mcp/{BAKERY}/x"):
        assert whole(await same_doors.home.site.send("GET", f"{METADATA}/{path}")) == nothing


@IN_ONE_HOUSE
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/",
        "/mcp",
        f"/mcp/{BAKERY}",
        "/mcp/k/<link>",
        "/oauth/authorize",
        "/oauth/consent/x",
        "/files/x",
        "/keys/x",
        "/uploads/x",
    ],
)
async def test_hosts_and_origins_are_checked_on_every_route(same_doors: Doors, path: str, method: str) -> None:
    token, path = same_doors.headers["owner"][7:], path.replace("<link>", same_doors.link)
    wrong = [
        {"Host": "evil.example"},
        {"Host": "evil.example:8750"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:9999"},
        {"Host": "127.0.0.1:8750.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://127.0.0.1:8750"},
        {"Origin": "http://127.0.0.1:8750.evil.example"},
        {"Origin": ""},
    ]
    answers = {whole(await same_doors.home.site.send(method, path, token, headers=one))[::2] for one in wrong}
    assert len(answers) == 1
    assert answers.pop()[0] == 403


@IN_ONE_HOUSE
@pytest.mark.parametrize(
    ("path", "method"),
    [
        (f"{METADATA}/mcp", "GET"),
        ("/.well-known/oauth-authorization-server", "GET"),
        ("/oauth/token", "POST"),
        ("/oauth/register", "POST"),
        ("/oauth/revoke", "POST"),
    ],
)
async def test_what_programs_in_a_browser_call_is_open_to_every_page_and_on_no_other_host(
    same_doors: Doors, path: str, method: str
) -> None:
    site = same_doors.home.site
    for origin in ("https://evil.example", "null"):
        for asked in (method, "OPTIONS"):
            answer = await site.send(asked, path, headers={"Origin": origin})
            assert answer.status_code != 403
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
    for host in ("evil.example", "127.0.0.1:9999", "127.0.0.1:8750.evil.example"):
        assert (await site.send(method, path, headers={"Host": host})).status_code == 403


@IN_ONE_HOUSE
@pytest.mark.parametrize(
    "good", [{"Host": "LOCALHOST:8750"}, {"Host": "[::1]:8750"}, {"Origin": "http://localhost:8750"}]
)
async def test_the_own_host_and_origin_are_let_in_however_they_are_written(
    same_doors: Doors, good: dict[str, str]
) -> None:
    assert (await same_doors.home.site.send("GET", "/healthz", headers=good)).status_code == 200


async def test_bodies_that_are_too_large_or_malformed_are_refused(doors: Doors) -> None:
    site, token = doors.home.site, doors.headers["owner"][7:]
    session = await site.begin("/mcp", token)
    eras = (modern_headers("ping", {}), modern_headers("ping", {}) | {"MCP-Protocol-Version": "2025-06-18"})
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    for headers in eras:
        asked = headers | {"Mcp-Session-Id": session, "Content-Type": "application/json"}

        async def post(body: bytes, headers: dict[str, str] = asked) -> httpx2.Response:
            return await site.send("POST", "/mcp", token, headers=headers, content=body)

        assert (await post(ping + b" " * (BODY_BYTES_MAX + 1 - len(ping)))).status_code == 413
        assert (await post(ping + b" " * (BODY_BYTES_MAX - len(ping)))).status_code != 413
        malformed = (b"", b"{", b"\xff\xfe", b"null", b"1", b'"ping"', b"[" * 100_000, b'{"a":' * 10_000, b"{}", b"NaN")
        for body in (*malformed, b"[]", b"[" + ping + b"]", b"[" + ping + b"," + ping + b"]"):
            answer = await post(body)
            assert answer.status_code == 400, (body[:20], answer.text)
            assert "error" in message_of(answer)
        assert (await post(b"x" * (BODY_BYTES_MAX + 1))).status_code == 413


async def test_what_cannot_be_looked_up_is_said_so_and_uses_are_not_worth_an_error(doors: Doors) -> None:
    home = doors.home
    token = await home.credentials.token()
    with raw(home.one.root / DIRECTORY_FILE) as other_process:
        other_process.execute("BEGIN IMMEDIATE")
        # The last use is due to be noted, and cannot be.
        assert (await home.site.modern("/mcp", token, "tools/list")).status_code == 200
    (home.one.root / DIRECTORY_FILE).rename(home.one.root / "aside.db")
    turned = await home.site.modern("/mcp", token, "tools/list")
    assert (turned.status_code, turned.headers["retry-after"]) == (503, "5")
    (home.one.root / "aside.db").rename(home.one.root / DIRECTORY_FILE)
    assert (await home.site.modern("/mcp", token, "tools/list")).status_code == 200


async def test_several_credentials_at_once_are_none(doors: Doors) -> None:
    home = doors.home
    token = await home.credentials.token()
    headers = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer other"), ("Content-Type", "text/json")]
    assert (await home.site.send("POST", "/mcp", headers=headers, content=b"{}")).status_code == 400


async def test_the_user_of_a_key_gets_no_token(doors: Doors) -> None:
    home = doors.home
    await home.credentials.key(home.bakery)
    with raw(home.one.root / DIRECTORY_FILE) as connection:
        (email,) = connection.execute("SELECT email FROM users WHERE email LIKE '%@credential'").fetchone()
    refused = await refusal(create_token(home.one.office, email, scopes=EVERYTHING))
    assert isinstance(refused, NotFound)
