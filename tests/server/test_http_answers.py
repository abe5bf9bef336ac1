"""What the door says to whoever comes with the wrong method, revision or request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import BAKERY, HERE, LEGACY, MODERN, House, house, message_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CLIENT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def test_a_browser_is_told_what_the_address_is_and_how_to_connect(at_home: House) -> None:
    # E13: whoever opened the address that they were given saw "Use POST."
    for path, url in (("/mcp", f"{HERE}/mcp"), (f"/mcp/{BAKERY}", f"{HERE}/mcp/{BAKERY}"), ("/MCP/", f"{HERE}/mcp")):
        answer = await at_home.site.send("GET", path, headers=BROWSER)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, DELETE")
        assert answer.headers["content-type"].startswith("text/html")
        assert f"<kbd>{url}</kbd>" in answer.text
        assert "AI client" in answer.text
        assert "Authorization: Bearer TOKEN" in answer.text


async def test_a_browser_learns_nothing_of_organizations_and_links(at_home: House) -> None:
    link = await at_home.credentials.link(at_home.bakery)
    theirs, nobodys = [await at_home.site.send("GET", f"/mcp/{one}", headers=BROWSER) for one in (BAKERY, "ghost")]
    assert theirs.text.replace(BAKERY, "ghost") == nobodys.text
    known, unknown = [await at_home.site.send("GET", f"/mcp/k/{one}", headers=BROWSER) for one in (link, "a" * 32)]
    assert known.text == unknown.text
    assert link not in known.text
    assert (known.status_code, known.headers["referrer-policy"]) == (405, "same-origin")


async def test_a_client_that_asks_for_a_stream_is_told_to_post(at_home: House) -> None:
    for method, headers in (("GET", {"Accept": "text/event-stream"}), ("PUT", BROWSER), ("GET", {})):
        answer = await at_home.site.send(method, "/mcp", headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, DELETE")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "use POST" in answer.text


@pytest.mark.parametrize("given", ["1.5", "1.0", "1e400", "true", "null", "[1]", "{}"])
async def test_a_request_whose_id_is_no_text_and_no_whole_number_is_answered(at_home: House, given: str) -> None:
    # F27: it was taken for a notification, and its client waited for an answer that never came.
    token = await at_home.credentials.token()
    session = await at_home.site.begin("/mcp", token)
    body = f'{{"jsonrpc": "2.0", "id": {given}, "method": "ping", "params": {{}}}}'.encode()
    # A number may be given back as it came; nothing else can be an answer's id.
    known = (None, float(given)) if given in ("1.5", "1.0") else (None,)
    for revision, more in ((LEGACY, {"Mcp-Session-Id": session}), (MODERN, {"Mcp-Method": "ping"})):
        headers = CLIENT | more | {"MCP-Protocol-Version": revision}
        answer = await at_home.site.send("POST", "/mcp", token, headers=headers, content=body)
        told = message_of(answer)
        assert (answer.status_code, told["error"]["code"]) == (400, -32600)
        assert told["id"] in known


async def test_ids_that_are_in_order_are_given_back(at_home: House) -> None:
    token = await at_home.credentials.token()
    session = await at_home.site.begin("/mcp", token)
    for given in (0, -1, 2**53, "a", "1.5", ""):
        headers = CLIENT | {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}
        body = {"jsonrpc": "2.0", "id": given, "method": "ping"}
        answer = await at_home.site.send("POST", "/mcp", token, headers=headers, json=body)
        assert message_of(answer) == {"jsonrpc": "2.0", "id": given, "result": {}}


async def initialized(at_home: House, token: str, revision: Any) -> dict[str, Any]:
    asked = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "old", "version": "1"}}
    return message_of(await at_home.site.rpc("/mcp", token, "initialize", **asked))


async def test_a_revision_that_is_not_served_is_not_agreed_to(at_home: House) -> None:
    # F27: 2024-11-05 has another transport over HTTP, which there is not, and was agreed to all the same.
    token = await at_home.credentials.token()
    session = await at_home.site.begin("/mcp", token)
    assert (await initialized(at_home, token, "2024-11-05"))["error"]["data"]["supported"][0] == "2025-03-26"
    for revision in ("2099-01-01", ""):
        assert (await initialized(at_home, token, revision))["result"]["protocolVersion"] == "2025-11-25"
    for revision in ("2025-03-26", "2025-06-18", "2025-11-25"):
        assert (await initialized(at_home, token, revision))["result"]["protocolVersion"] == revision
    headers = CLIENT | {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2024-11-05"}
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    answer = await at_home.site.send("POST", "/mcp", token, headers=headers, content=body)
    assert answer.status_code == 400
    assert "2025-06-18, 2025-11-25, 2026-07-28" in message_of(answer)["error"]["message"]
