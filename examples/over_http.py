"""Reach a running `counterfoil serve` with an API key in a header: list tools, issue an invoice, download its PDF.
COUNTERFOIL_URL is the connection, such as http://127.0.0.1:8750/mcp, COUNTERFOIL_KEY a key of a sandbox organization.
Run it: python examples/over_http.py
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool; a refusal says in its text what to do."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


async def invoice_and_pdf(client: Client) -> dict[str, Any]:
    """Issue an invoice for the organization of the key, which no call has to name, and make its PDF."""
    found = await call(client, "find_customers", query="Hotel Bristol")
    assert found["organization"]["environment"] == "sandbox", "an example must not issue real invoices"
    print(f"Working for {found['organization']['name']}")
    if not found["customers"]:
        await call(client, "save_customer", name="Hotel Bristol")

    lines = [{"description": "Croissants", "quantity": 40, "unit_price": "12.50"}]
    issued = await call(client, "issue_invoice", customer="Hotel Bristol", lines=lines)
    invoice = issued["invoice"]
    assert (invoice["status"], invoice["net_total"]) == ("issued", "500.00")
    print(f"Issued {invoice['number']}: {invoice['total']} {invoice['currency']}")
    return await call(client, "render_document", document=invoice["number"])


async def main() -> None:
    try:
        url, key = os.environ["COUNTERFOIL_URL"], os.environ["COUNTERFOIL_KEY"]
    except KeyError as missing:
        sys.exit(f"Set {missing.args[0]}: the first lines of this file say how.")

    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            assert "issue_invoice" in tools, "the key must not be read-only"
            assert client.server_info is not None
            print(f"{client.server_info.name}: {len(tools)} tools")
            rendered = await invoice_and_pdf(client)

        # Without the key: a link is signed for its one file, and opens in a browser too, for an hour.
        async with httpx2.AsyncClient() as browser:
            downloaded = await browser.get(rendered["link"])
        assert downloaded.content.startswith(b"%PDF")
        assert hashlib.sha256(downloaded.content).hexdigest() == rendered["sha256"]
        print(f"Downloaded {rendered['file_name']}, {len(downloaded.content):,} bytes")

        refused = await http.post(url, headers={"Authorization": "Bearer nonsense"})
        assert refused.status_code == 401


if __name__ == "__main__":
    anyio.run(main)
