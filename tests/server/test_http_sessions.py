"""Sessions of the handshake era: whose they are, where they are valid, how they end, and what they outlive."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.authorization.scopes import Asked
from storage.directory.database import DIRECTORY_FILE
from storage.directory.sessions import SESSIONS_PER_PRINCIPAL_MAX
from tests.support.authorization import allowed
from tests.support.http import (
    BAKERY,
    FINCH,
    MODERN,
    Credentials,
    House,
    Site,
    house,
    message_of,
    real_server,
    site_of,
    whole,
)
from tests.support.people import another_practice
from tests.support.practice import practice
from tests.support.raw import raw

UNKNOWN = "ses_" + "0" * 40


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def switch(site: Site, token: str, session: str, organization: str) -> None:
    called: dict[str, Any] = {"name": "switch_organization", "arguments": {"organization": organization}}
    answer = message_of(await site.rpc("/mcp", token, "tools/call", session=session, **called))
    assert answer["result"]["structuredContent"]["session"] == ""


async def active(site: Site, token: str, session: str) -> str:
    """The organization that a call which names none acts for."""
    called: dict[str, Any] = {"name": "get_organization", "arguments": {}}
    result = message_of(await site.rpc("/mcp", token, "tools/call", session=session, **called))["result"]
    if result.get("isError"):
        return str(result["_meta"]["counterfoil/error"]["code"])
    return str(result["structuredContent"]["organization"]["handle"])


async def test_initialize_begins_a_session_and_every_later_message_needs_one(at_home: House) -> None:
    site, token = at_home.site, await at_home.credentials.token()
    first, second = await site.begin("/mcp", token), await site.begin("/mcp", token)
    assert first != second
    for path in ("/mcp", f"/mcp/{BAKERY}"):
        for method in ("ping", "tools/list", "notifications/initialized"):
            missing = await site.rpc(path, token, method)
            assert missing.status_code == 400
            assert "initialize" in missing.json()["error"]["message"]
    answer = await site.rpc("/mcp", token, "ping", session=first)
    assert (answer.status_code, "mcp-session-id" in answer.headers) == (200, False)
    ended = await site.send("DELETE", "/mcp", token)
    assert ended.status_code == 400


async def test_the_session_less_revision_needs_none_and_uses_none(at_home: House) -> None:
    site, token = at_home.site, await at_home.credentials.token()
    session = await site.begin("/mcp", token)
    await switch(site, token, session, BAKERY)
    answer = await site.modern("/mcp", token, "tools/list")
    assert (answer.status_code, "mcp-session-id" in answer.headers) == (200, False)
    called: dict[str, Any] = {"name": "get_organization", "arguments": {}}
    headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": MODERN}
    async with at_home.site.chat(token) as chat:
        assert (await chat.refused("get_organization"))["code"] == "organization_required"
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}
    confused = await site.send("POST", "/mcp", token, headers=headers, json=body)
    assert confused.status_code in (400, 406)


async def test_what_does_not_begin_a_session_names_none(at_home: House) -> None:
    site, token = at_home.site, await at_home.credentials.token()
    modern = await site.modern("/mcp", token, "initialize")
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    refused = await site.send("POST", "/mcp", token, headers={"Accept": "text/plain"}, json=body)
    for answer, status in ((modern, 404), (refused, 406)):
        assert (answer.status_code, "mcp-session-id" in answer.headers) == (status, False)


async def test_a_session_belongs_to_its_principal_and_its_connection(at_home: House) -> None:
    site, made, one = at_home.site, at_home.credentials, at_home.one
    token, same_user, key = await made.token(), await made.token(), await made.key(at_home.bakery)
    stranger = await made.token((await another_practice(one))[0].principal.label)
    session = await site.begin("/mcp", token)
    await switch(site, token, session, BAKERY)
    assert await active(site, same_user, session) == BAKERY
    unknown = whole(await site.rpc("/mcp", token, "ping", session=UNKNOWN))
    assert unknown[0] == 404
    assert "initialize" in json.loads(unknown[2])["error"]["message"]
    for path, other in ((f"/mcp/{BAKERY}", token), (f"/mcp/{FINCH}", token), ("/mcp", key), ("/mcp", stranger)):
        for method in ("ping", "tools/list"):
            assert whole(await site.rpc(path, other, method, session=session)) == unknown
        ended = await site.send("DELETE", path, other, headers={"Mcp-Session-Id": session})
        assert whole(ended) == unknown
    for odd in (session.upper(), session[:-1], session + "0", "%", "a" * 5000):
        assert (await site.rpc("/mcp", token, "ping", session=odd)).status_code == 404
    assert await active(site, token, session) == BAKERY
    dedicated = await site.begin(f"/mcp/{BAKERY}", token)
    assert whole(await site.rpc(f"/mcp/{FINCH}", token, "ping", session=dedicated)) == unknown
    assert whole(await site.rpc("/mcp", token, "ping", session=dedicated)) == unknown


async def test_two_programs_of_one_person_do_not_move_each_others_sessions(at_home: House) -> None:
    site, office = at_home.site, at_home.one.office
    mine, other = [(await (await allowed(office)).redeem()).access for _ in range(2)]
    session = await site.begin("/mcp", mine)
    await switch(site, mine, session, BAKERY)
    unknown = whole(await site.rpc("/mcp", other, "ping", session=UNKNOWN))
    called: dict[str, Any] = {"name": "switch_organization", "arguments": {"organization": FINCH}}
    assert whole(await site.rpc("/mcp", other, "tools/call", session=session, **called)) == unknown
    ended = await site.send("DELETE", "/mcp", other, headers={"Mcp-Session-Id": session})
    assert whole(ended) == unknown
    assert await active(site, mine, session) == BAKERY
    async with site.chat(mine) as chat, site.chat(other) as elsewhere:
        stated = (await chat.switch(BAKERY))["session"]
        assert (await elsewhere.refused("get_organization", session=stated))["code"] == "organization_required"
        own = await elsewhere.ok("switch_organization", organization=FINCH, session=stated)
        assert own["session"] != stated
        assert (await chat.ok("get_organization", session=stated))["organization"]["handle"] == BAKERY


async def test_a_program_that_is_allowed_more_goes_on_in_its_session(at_home: House) -> None:
    site, office = at_home.site, at_home.one.office
    before = await allowed(office, words=frozenset({Asked.READ}))
    after = await allowed(office, program=before.program)
    session = await site.begin("/mcp", (await before.redeem()).access)
    now = (await after.redeem()).access
    await switch(site, now, session, BAKERY)
    assert await active(site, now, session) == BAKERY


async def test_delete_ends_the_session_and_no_other(at_home: House) -> None:
    site, token = at_home.site, await at_home.credentials.token()
    first, second = await site.begin("/mcp", token), await site.begin("/mcp", token)
    ended = await site.send("DELETE", "/mcp", token, headers={"Mcp-Session-Id": first})
    assert (ended.status_code, ended.content) == (204, b"")
    assert (await site.rpc("/mcp", token, "ping", session=first)).status_code == 404
    again = await site.send("DELETE", "/mcp", token, headers={"Mcp-Session-Id": first})
    assert again.status_code == 404
    assert (await site.rpc("/mcp", token, "ping", session=second)).status_code == 200


async def test_a_session_expires_a_day_after_its_last_use(at_home: House) -> None:
    site, token, clock = at_home.site, await at_home.credentials.token(), at_home.one.clock
    session = await site.begin("/mcp", token)
    await switch(site, token, session, BAKERY)
    for _ in range(3):
        clock.advance(timedelta(hours=23, minutes=59))
        assert await active(site, token, session) == BAKERY
    clock.advance(timedelta(hours=24))
    assert (await site.rpc("/mcp", token, "ping", session=session)).status_code == 404
    # A new session does not inherit what the old one was about.
    assert await active(site, token, await site.begin("/mcp", token)) == "organization_required"


async def test_a_credential_that_is_revoked_ends_its_conversations_at_once(at_home: House) -> None:
    site, made = at_home.site, at_home.credentials
    token = await made.token()
    session = await site.begin("/mcp", token)
    await made.revoke("token", token)
    assert (await site.rpc("/mcp", token, "ping", session=session)).status_code == 401


async def test_a_principal_with_very_many_sessions_loses_its_oldest_and_takes_none_from_others(at_home: House) -> None:
    site, made = at_home.site, at_home.credentials
    token, key = await made.token(), await made.key(at_home.bakery)
    oldest, others = await site.begin("/mcp", token), await site.begin("/mcp", key)
    at_home.one.clock.advance(timedelta(minutes=1))
    now = at_home.one.clock().strftime("%Y-%m-%d %H:%M:%S.%f")
    with raw(at_home.one.root / DIRECTORY_FILE) as directory:
        row = (
            "INSERT INTO sessions (id, principal, connection, created_at, last_used_at) VALUES (?, ?, 'practice', ?, ?)"
        )
        user = at_home.one.principal.user_id
        directory.execute("BEGIN")
        directory.executemany(
            row, [(f"ses_{index}", user, now, now) for index in range(SESSIONS_PER_PRINCIPAL_MAX - 1)]
        )
        directory.execute("COMMIT")
    assert (await site.rpc("/mcp", token, "ping", session=oldest)).status_code == 200
    at_home.one.clock.advance(timedelta(minutes=1))
    newest = await site.begin("/mcp", token)
    assert (await site.rpc("/mcp", token, "ping", session=newest)).status_code == 200
    assert (await site.rpc("/mcp", token, "ping", session=oldest)).status_code == 404
    assert (await site.rpc("/mcp", key, "ping", session=others)).status_code == 200


async def test_a_session_survives_a_new_application_on_the_same_folder(at_home: House) -> None:
    token = await at_home.credentials.token()
    session = await at_home.site.begin("/mcp", token)
    await switch(at_home.site, token, session, FINCH)
    async with site_of(at_home.one.store, at_home.one.clock) as other:
        assert await active(other, token, session) == FINCH
        await switch(other, token, session, BAKERY)
    assert await active(at_home.site, token, session) == BAKERY


async def test_a_session_holds_in_a_second_process_and_survives_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with practice(data) as one:
        await one.client("Harbour Bakery")
        await one.client("Finch Studio")
        token = await Credentials.of(one).token()
    async with real_server(data) as left, real_server(data) as right:
        session = await left.site.begin("/mcp", token)
        await switch(left.site, token, session, FINCH)
        assert await active(right.site, token, session) == FINCH
        async with right.site.chat(token) as chat:
            explicit = await chat.switch(BAKERY)
        left.process.kill()
        await left.process.wait()
        assert await active(right.site, token, session) == FINCH
    async with real_server(data) as again:
        assert await active(again.site, token, session) == FINCH
        async with again.site.chat(token) as chat:
            found = await chat.ok("get_organization", session=explicit["session"])
            assert found["organization"]["handle"] == BAKERY
        await again.stop()
