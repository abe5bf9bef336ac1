"""Which revisions are spoken, and that whoever asks for more than is there gets an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.lines import answer_to_odd_id
from server.revisions import SPOKEN, is_too_old
from tests.support.http import House, house
from tests.support.wire import wired

OLD = ("2024-11-05", "2024-10-07", "2025-03-25")


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


def test_the_revisions_are_those_of_the_contract() -> None:
    assert SPOKEN == ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
    assert all(is_too_old(revision) for revision in OLD)
    assert not any(is_too_old(revision) for revision in (*SPOKEN, "2027-01-01", "1", "", None, 20241105))


async def test_on_stdio_an_old_revision_is_refused_and_an_odd_id_answered(tmp_path: Path) -> None:
    """2024-11-05 was agreed to, though it is not spoken; a request with the id 1.5 waited for good."""
    async with wired(tmp_path / "data") as wire:
        for requested in OLD:
            asked = {"protocolVersion": requested, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
            error = (await wire.ask("initialize", **asked))["error"]
            assert (error["code"], error["data"]["supported"]) == (-32602, list(SPOKEN))
        for sent, answered in ((1.5, 1.5), (None, None), (True, None), ([1], None), ({}, None)):
            await wire.send({"jsonrpc": "2.0", "id": sent, "method": "ping"})
            heard = await wire.hear()
            assert heard is not None
            assert (heard["id"], heard["error"]["code"]) == (answered, -32600)
        assert (await wire.shake_hands("2025-11-25"))["protocolVersion"] == "2025-11-25"
        assert "error" in await wire.ask("prompts/get", name="nobody\nERROR counterfoil: all is lost")
        await wire.end()


async def test_over_http_an_old_revision_is_refused_and_begins_no_session(at_home: House) -> None:
    token, site = await at_home.credentials.token(), at_home.site
    client: dict[str, Any] = {"capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    for requested in OLD:
        refused = await site.rpc("/mcp", token, "initialize", protocolVersion=requested, **client)
        error = refused.json()["error"]
        assert (error["code"], error["data"]["requested"]) == (-32602, requested)
        assert "mcp-session-id" not in refused.headers
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"mcp-protocol-version": requested, "accept": "application/json, text/event-stream"}
        later = await site.send("POST", "/mcp", token, json=body, headers=headers)
        assert later.status_code == 400
        assert later.json()["error"]["data"]["supported"] == list(SPOKEN)


async def test_over_http_a_request_with_an_odd_id_is_answered_in_every_revision(at_home: House) -> None:
    token = await at_home.credentials.token()
    for revision in ("2025-06-18", "2026-07-28"):
        for method in ("initialize", "ping", "tools/list"):
            body = {"jsonrpc": "2.0", "id": 1.5, "method": method, "params": {}}
            headers = {"mcp-protocol-version": revision, "accept": "application/json, text/event-stream"}
            answer = await at_home.site.send("POST", "/mcp", token, json=body, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600), (revision, method)


@pytest.mark.parametrize(
    ("message", "answered"),
    [
        ({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, True),
        ({"jsonrpc": "2.0", "id": 1e300, "method": "ping"}, True),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, True),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping"}, False),
        ({"jsonrpc": "2.0", "id": -7, "method": "ping", "params": {"id": 1.5}}, False),
        ({"jsonrpc": "2.0", "id": "1.5", "method": "ping"}, False),
        ({"jsonrpc": "2.0", "method": "notifications/initialized"}, False),
        ({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"id": 1.5}}, False),
        ({"jsonrpc": "2.0", "id": 1.5, "result": {}}, False),
        ([1.5], False),
    ],
)
def test_what_has_an_id_that_is_none_is_told_from_what_has_none(message: Any, answered: bool) -> None:
    assert (answer_to_odd_id(json.dumps(message)) is not None) is answered
    assert answer_to_odd_id('{"id": 1.5') is None
