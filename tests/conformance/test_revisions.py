"""Regression: the conformance suite found that an unknown revision was answered as if a session were missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.http import LEGACY, MODERN, house, modern_headers


@pytest.mark.parametrize("unknown", ["v999.0.0", "2027-01-01", "", MODERN + "x"])
async def test_a_revision_that_nobody_knows_is_refused_with_those_that_there_are(tmp_path: Path, unknown: str) -> None:
    meta = {
        "io.modelcontextprotocol/protocolVersion": unknown,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    body = {"jsonrpc": "2.0", "id": 301, "method": "tools/list", "params": {"_meta": meta}}
    headers = modern_headers("tools/list", {}) | {"MCP-Protocol-Version": unknown}
    async with house(tmp_path / "data") as home:
        token = await home.credentials.token()
        answer = await home.site.send("POST", "/mcp", token, headers=headers, json=body)
    assert answer.status_code == 400
    assert answer.json()["id"] == 301
    assert answer.json()["error"]["data"] == {"supported": [MODERN], "requested": unknown}


async def test_revisions_with_a_handshake_still_need_a_session(tmp_path: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    async with house(tmp_path / "data") as home:
        token = await home.credentials.token()
        for headers in (accept, accept | {"MCP-Protocol-Version": LEGACY}):
            answer = await home.site.send("POST", "/mcp", token, headers=headers, json=body)
            assert answer.status_code == 400
            assert "Mcp-Session-Id is required" in answer.json()["error"]["message"]
