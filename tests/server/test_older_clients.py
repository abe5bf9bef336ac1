"""Clients of revisions before the newest are sent what their revision knows, and nothing that came later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.http import BAKERY, LINES, house, message_of

ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize(
    ("revision", "named", "kinds"),
    [
        # mcp 1.9.4 says its revision in the handshake alone; the header came with the revision after it.
        ("2025-03-26", {}, ["text"]),
        ("2025-03-26", {"MCP-Protocol-Version": "2025-03-26"}, ["text"]),
        ("2025-06-18", {"MCP-Protocol-Version": "2025-06-18"}, ["text", "resource_link"]),
    ],
)
async def test_a_file_comes_with_a_resource_link_only_where_the_revision_has_such_a_part(
    tmp_path: Path, revision: str, named: dict[str, str], kinds: list[str]
) -> None:
    """Regression: mcp 1.9.4 refused the whole answer of render_document and of export_documents."""
    async with house(tmp_path / "data") as home:
        token = await home.credentials.token()
        hello: dict[str, Any] = {
            "protocolVersion": revision,
            "capabilities": {},
            "clientInfo": {"name": "mcp", "version": "0.1.0"},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
        greeted = await home.site.send("POST", "/mcp", token, headers=ACCEPT, json=body)
        headers = ACCEPT | named | {"Mcp-Session-Id": greeted.headers["mcp-session-id"]}

        async def call(tool: str, **arguments: Any) -> dict[str, Any]:
            asked = {"name": tool, "arguments": {"organization": BAKERY, **arguments}}
            message = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked}
            result: dict[str, Any] = message_of(
                await home.site.send("POST", "/mcp", token, headers=headers, json=message)
            )["result"]
            assert not result.get("isError"), result
            return result

        issued = await call("issue_invoice", customer="Hotel Bristol", lines=LINES)
        number = issued["structuredContent"]["invoice"]["number"]
        for made in (await call("render_document", document=number), await call("export_documents", format="csv")):
            assert [part["type"] for part in made["content"]] == kinds
            assert "/files/" in made["content"][0]["text"]
