"""Start Counterfoil on an empty folder and issue a first invoice, as a program would.
The MCP SDK's client talks to `counterfoil stdio`; the assertions hold what the example claims.
Run it: python examples/issue_an_invoice.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool; a refusal says in its text what to do."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


async def main() -> None:
    with TemporaryDirectory() as data:
        server = StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data])
        async with Client(server) as client:
            # An empty folder begins with an unnamed practice; its country brings chart, tax codes and terms.
            await call(client, "update_organization", name="Larkfield Accounting", country="GB")
            created = await call(client, "create_client_organization", name="Harbour Bakery", country="GB")
            bakery = created["created"]["handle"]
            assert bakery == "harbour-bakery-sandbox"

            await call(client, "save_customer", organization=bakery, name="Hotel Bristol")
            lines = [{"description": "Croissants", "quantity": 40, "unit_price": "12.50", "tax_code": "ZERO"}]
            wanted = {"organization": bakery, "customer": "Hotel Bristol", "lines": lines}
            draft = await call(client, "draft_invoice", **wanted)
            assert draft["total"] == "500.00"

            # The same client_reference in a retry returns the same invoice instead of a second one.
            issued = await call(client, "issue_invoice", **wanted, client_reference="march")
            again = await call(client, "issue_invoice", **wanted, client_reference="march")
            invoice = issued["invoice"]
            assert invoice["number"] == draft["number"]
            assert (again["replayed"], again["invoice"]) == (True, invoice)

            rendered = await call(client, "render_document", organization=bakery, document=invoice["number"])
            assert Path(rendered["link"]).read_bytes().startswith(b"%PDF")
            print(f"Issued {invoice['number']} to {invoice['customer_name']}: {invoice['total']} {invoice['currency']}")
            print(f"Its PDF: {rendered['file_name']}, SHA-256 {rendered['sha256']}")


if __name__ == "__main__":
    anyio.run(main)
