"""OAuth from a bare URL to a tool call: discovery, registration, consent, tokens, and what they open."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from invoicing.organizations import Role
from operations.authorization.programs import known_program
from operations.authorization.scopes import Asked
from storage.directory import users
from tests.support.assistant import ERAS, Era
from tests.support.authorization import CALLBACK, a_program, allowed
from tests.support.http import BAKERY, FINCH, HERE, House
from tests.support.identity import sign_in
from tests.support.oauth import ALLOWED, Kept, Person, answer_of, authorize_url, called, connected, redeemed_with, token
from tests.support.people import colleague

pytestmark = pytest.mark.asyncio(loop_scope="module")
GHOST = "ghost-sandbox"


@pytest.mark.parametrize("era", ERAS)
async def test_a_bare_url_leads_to_a_tool_call_and_five_connections_stand_side_by_side(
    at_home: House, person: Person, era: Era
) -> None:
    typed = [f"/mcp/{BAKERY}", f"/MCP/{FINCH.upper()}/", "/mcp", f"http://localhost:8750/mcp/{BAKERY}", f"/mcp/{FINCH}"]
    async with AsyncExitStack() as stack:
        chats = [await stack.enter_async_context(connected(at_home.site, person, path, era)) for path in typed]
        found = [
            (await chat.ok("find_customers", **({"organization": BAKERY} if path == "/mcp" else {})))
            for chat, path in zip(chats, typed, strict=True)
        ]
    assert [one["organization"]["handle"] for one in found] == [BAKERY, FINCH, BAKERY, BAKERY, FINCH]
    assert len(person.asked) == 5
    assert "Harbour Bakery" in person.asked[0]
    assert "Finch Studio" not in person.asked[0]
    assert "Only these:" in " ".join(person.asked[2].split())


async def test_a_connection_is_refreshed_without_its_person(at_home: House, person: Person) -> None:
    kept = Kept()
    async with connected(at_home.site, person, f"/mcp/{BAKERY}", kept=kept) as chat:
        await chat.ok("find_customers")
    assert kept.tokens is not None
    before, kept.tokens.access_token = kept.tokens.refresh_token, "cfa_gone"
    kept.tokens.expires_in = -1
    async with connected(at_home.site, person, f"/mcp/{BAKERY}", kept=kept) as chat:
        await chat.ok("find_customers")
    assert kept.tokens.refresh_token != before
    assert len(person.asked) in (1, 2)


async def test_a_token_opens_the_connection_that_was_allowed_and_nothing_else(at_home: House) -> None:
    given = {
        path: (await (await allowed(at_home.one.office, of)).redeem()).access
        for path, of in {"/mcp": None, f"/mcp/{BAKERY}": at_home.bakery, f"/mcp/{FINCH}": at_home.finch}.items()
    }
    for own, access in given.items():
        for path in (*given, f"/mcp/{GHOST}"):
            answer = await at_home.site.modern(path, access, "tools/list")
            assert answer.status_code == (200 if path == own else 401), (own, path)
    for typed in (f"/MCP/{BAKERY.upper()}/", f"/mcp/{BAKERY}/"):
        assert (await at_home.site.modern(typed, given[f"/mcp/{BAKERY}"], "tools/list")).status_code == 200
    cookie = {"Cookie": f"counterfoil={await sign_in(at_home.one.office)}"}
    assert (await at_home.site.send("POST", "/mcp", headers=cookie)).status_code == 401, (
        "a cookie is no credential here"
    )


async def test_whoever_may_look_alone_is_told_how_to_ask_for_more(at_home: House) -> None:
    given = await allowed(at_home.one.office, at_home.bakery, words=frozenset({Asked.READ}))
    access = (await given.redeem()).access
    assert (await at_home.site.modern(f"/mcp/{BAKERY}", access, "tools/call", name="find_customers")).status_code == 200
    asked = await at_home.site.modern(f"/mcp/{BAKERY}", access, "tools/call", name="save_customer", arguments={})
    assert asked.status_code == 403
    challenge = asked.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="read write"' in challenge
    assert f"/.well-known/oauth-protected-resource/mcp/{BAKERY}" in challenge
    viewer = await colleague(at_home.one, at_home.bakery, "viewer")
    looks = (await (await allowed(viewer, at_home.bakery)).redeem()).access
    answer = await at_home.site.modern(f"/mcp/{BAKERY}", looks, "tools/call", name="save_customer", arguments={})
    assert answer.status_code == 200, "nobody could allow it: that is for the table of rights to say"
    key = await at_home.credentials.key(at_home.bakery, read_only=True)
    answer = await at_home.site.modern(f"/mcp/{BAKERY}", key, "tools/call", name="save_customer", arguments={})
    assert answer.status_code == 200, "whoever has a key has no person to ask"


async def test_nobody_is_asked_for_more_where_their_role_does_not_allow_it(at_home: House) -> None:
    """On the connection to all, it is the role in the organization that the call names, or in any where none is."""
    both = await colleague(at_home.one, at_home.bakery, "viewer")
    only_looks = (await (await allowed(both, words=frozenset({Asked.READ}))).redeem()).access

    async def status(access: str, tool: str = "save_customer", **arguments: str) -> int:
        answer = await at_home.site.modern("/mcp", access, "tools/call", name=tool, arguments=arguments)
        return answer.status_code

    assert [await status(only_looks, organization=one) for one in ("", BAKERY, FINCH)] == [200, 200, 200]
    user_id, finch = both.principal.user_id, at_home.finch.id
    await both.store.directory.write(lambda db: users.add_membership(db, user_id, finch, Role.ACCOUNTANT))
    named = [await status(only_looks, organization=one) for one in ("", BAKERY, FINCH, GHOST)]
    assert named == [403, 200, 403, 200]
    assert await status(only_looks, "create_client_organization") == 200
    owners = (await (await allowed(at_home.one.office, words=frozenset({Asked.READ}))).redeem()).access
    assert await status(owners, "create_client_organization", name="Third") == 403


BAD_REQUESTS: dict[str, tuple[dict[str, str | None], str]] = {
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "an empty challenge": ({"code_challenge": ""}, "invalid_request"),
    "a short challenge": ({"code_challenge": "a" * 42}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method": ({"code_challenge_method": None}, "invalid_request"),
    "a token": ({"response_type": "token"}, "unsupported_response_type"),
    "code and token": ({"response_type": "code token"}, "unsupported_response_type"),
    "a fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "a request object": ({"request": "eyJ"}, "request_not_supported"),
    "a request elsewhere": ({"request_uri": "https://evil.example"}, "request_uri_not_supported"),
    "an unknown scope": ({"scope": "admin"}, "invalid_scope"),
    "silence": ({"prompt": "none"}, "interaction_required"),
    "no resource": ({"resource": None}, "invalid_target"),
    "another server": ({"resource": "https://evil.example/mcp"}, "invalid_target"),
    "the server itself": ({"resource": HERE}, "invalid_target"),
    "a secret link": ({"resource": f"{HERE}/mcp/k/{'a' * 32}"}, "invalid_target"),
    "another scheme": ({"resource": f"https://127.0.0.1:8750/mcp/{BAKERY}"}, "invalid_target"),
    "a user name": ({"resource": f"http://me@127.0.0.1:8750/mcp/{BAKERY}"}, "invalid_target"),
    "a query": ({"resource": f"{HERE}/mcp?organization={FINCH}"}, "invalid_target"),
    "more of a path": ({"resource": f"{HERE}/mcp/{BAKERY}/{FINCH}"}, "invalid_target"),
    "a tab inside": ({"resource": f"{HERE}/m\tcp"}, "invalid_target"),
    "a line end": ({"resource": f"{HERE}/mcp\n"}, "invalid_target"),
    "a space before": ({"resource": f" {HERE}/mcp"}, "invalid_target"),
    "another port": ({"resource": f"http://127.0.0.1:9999/mcp/{BAKERY}"}, "invalid_target"),
}


@pytest.mark.parametrize("named", BAD_REQUESTS)
async def test_what_is_not_in_order_is_answered_to_the_program(at_home: House, person: Person, named: str) -> None:
    more, code = BAD_REQUESTS[named]
    program = await a_program(at_home.one.office)
    answer = answer_of(await person.browser.open(authorize_url(program.id, **more)))
    assert (answer["error"], answer["state"], answer["iss"]) == (code, "a state", HERE)
    assert "code" not in answer


BAD_REDIRECTS = (
    "http://127.0.0.1:3000/other",
    "http://127.0.0.1:3000/callback/",
    "http://127.0.0.1:3000/callback?x=1",
    "http://localhost:3000/callback",
    "https://127.0.0.1:3000/callback",
    "http://127.0.0.1.evil.example:3000/callback",
    "http://evil.example/callback",
    "javascript:alert(1)",
    "http://127.0.0.1:3000/callback#x",
    "http://me@127.0.0.1:3000/callback",
    "http://127.0.0.1:x/callback",
    "",
)


@pytest.mark.parametrize("uri", BAD_REDIRECTS)
async def test_nobody_is_sent_to_what_is_not_the_programs_own(at_home: House, person: Person, uri: str) -> None:
    program = await a_program(at_home.one.office)
    answer = await person.browser.open(authorize_url(program.id, redirect_uri=uri))
    assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_nobody_is_sent_anywhere_for_a_program_that_is_unknown_or_named_twice(
    at_home: House, person: Person
) -> None:
    known = authorize_url((await a_program(at_home.one.office)).id)
    twice = (f"{known}&redirect_uri=https%3A%2F%2Fevil.example", f"{known}&client_id=cfp_unknown")
    for url in (authorize_url("cfp_unknown"), authorize_url(""), *twice):
        answer = await person.browser.open(url)
        assert (answer.status_code, "location" in answer.headers) == (400, False)


async def test_a_program_on_this_computer_is_answered_at_any_port(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office)
    begun = await person.browser.open(authorize_url(program.id, redirect_uri="http://127.0.0.1:41234/callback"))
    page = HERE + begun.headers["location"]
    allowed_ = await person.browser.press(page, await person.browser.open(page), "allow", **ALLOWED)
    assert allowed_.headers["location"].startswith("http://127.0.0.1:41234/callback?code=cfo_")


async def test_a_code_is_redeemed_as_it_was_asked_for_and_once(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office)
    answer = await person.decide(authorize_url(program.id, f"http://localhost:8750/MCP/{BAKERY.upper()}/"))
    wrong: list[dict[str, str]] = [
        {"code_verifier": "w" * 43},
        {"client_id": (await a_program(at_home.one.office)).id},
        {"redirect_uri": "http://127.0.0.1:3001/callback"},
        {"resource": f"{HERE}/mcp"},
        {"resource": "https://evil.example/mcp"},
    ]
    for more in wrong:
        refused = await token(at_home, redeemed_with(answer["code"], program.id) | more)
        assert refused.status_code == 400
        assert refused.json()["error"] == ("invalid_target" if "resource" in more else "invalid_grant")
    good = await token(at_home, redeemed_with(answer["code"], program.id) | {"resource": f"{HERE}/mcp/{BAKERY}"})
    assert (good.status_code, good.headers["cache-control"]) == (200, "no-store")
    tokens = good.json()
    assert {name: tokens[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "read write",
    }
    refreshed = await token(
        at_home, {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": program.id}
    )
    again = await token(at_home, redeemed_with(answer["code"], program.id))
    assert (refreshed.status_code, again.json()["error"]) == (200, "invalid_grant")
    closed = await at_home.site.modern(f"/mcp/{BAKERY}", refreshed.json()["access_token"], "tools/list")
    assert closed.status_code == 401


async def test_a_program_with_a_secret_proves_itself_in_one_way(at_home: House) -> None:
    body = {"redirect_uris": [CALLBACK], "client_name": "Till", "scope": "read"}
    made = (await at_home.site.send("POST", "/oauth/register", json=body)).json()
    program = await a_program(at_home.one.office)
    given = await allowed(
        at_home.one.office, at_home.bakery, program=await known_program(at_home.one.office, made["client_id"])
    )
    basic = httpx2.BasicAuth(made["client_id"], made["client_secret"])
    header = next(basic.auth_flow(httpx2.Request("POST", HERE))).headers["authorization"]
    parameters = redeemed_with(given.code, made["client_id"])
    unproved = {name: value for name, value in parameters.items() if name != "client_id"}
    for wrong, headers in (
        (parameters, {}),
        (parameters | {"client_secret": "x"}, {}),
        (unproved, {"Authorization": header[:-4] + "AAAA"}),
        (unproved, {"Authorization": "Basic %%%"}),
        (unproved, {}),
        (redeemed_with(given.code, program.id) | {"client_secret": "x"}, {}),
    ):
        refused = await token(at_home, wrong, **headers)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    twice = await token(at_home, parameters | {"client_secret": made["client_secret"]}, Authorization=header)
    assert twice.json()["error"] == "invalid_request"
    assert (await token(at_home, unproved, Authorization=header)).status_code == 200


async def test_a_program_gives_back_its_connection(at_home: House) -> None:
    given = await allowed(at_home.one.office, at_home.bakery)
    tokens = await given.redeem()
    for client_id, sent in (
        ("cfp_unknown", 401),
        ((await a_program(at_home.one.office)).id, 200),
        (given.program.id, 200),
    ):
        assert (await at_home.site.modern(f"/mcp/{BAKERY}", tokens.access, "tools/list")).status_code == 200
        revoked = await called(at_home, "/oauth/revoke", token=tokens.refresh, client_id=client_id)
        assert revoked.status_code == sent
    assert (await at_home.site.modern(f"/mcp/{BAKERY}", tokens.access, "tools/list")).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"grant_type=authorization_code&grant_type=refresh_token"},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
        {"content": b"grant_type=password&username=a&password=b"},
        {"content": b"\xff"},
        {"content": b"a" * 70_000},
        {"content": b""},
    ],
)
async def test_what_cannot_be_read_gets_no_token(at_home: House, sent: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await at_home.site.send("POST", "/oauth/token", **({"headers": headers} | sent))
    assert answer.status_code in (400, 413)
    assert answer.json()["error"] in ("invalid_request", "unsupported_grant_type")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/register", "/oauth/revoke"])
async def test_what_programs_call_says_by_which_method(at_home: House, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        answer = await at_home.site.send(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS"), method


async def test_the_server_is_described_under_its_own_name(at_home: House) -> None:
    address = "/.well-known/oauth-authorization-server"
    told = (await at_home.site.send("GET", address)).json()
    assert told["issuer"] == HERE
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert (await at_home.site.send("GET", address, headers={"Host": "localhost:8750"})).status_code == 404
    for other in (f"{address}/mcp", "/.well-known/openid-configuration", "/.well-known/oauth-protected-resource"):
        assert (await at_home.site.send("GET", other)).status_code == 404
    for typed in (f"/MCP/{BAKERY.upper()}/", "/mcp", "/mcp/"):
        where = f"/.well-known/oauth-protected-resource{typed}"
        for host in ("127.0.0.1:8750", "localhost:8750"):
            answer = (await at_home.site.send("GET", where, headers={"Host": host})).json()
            assert answer["resource"] == f"http://{host}{typed}"
            assert (answer["authorization_servers"], answer["scopes_supported"]) == ([HERE], ["read", "write"])
