"""Connect to one client alone: `counterfoil stdio --organization HANDLE` never acts for another.
The tools take no `organization` there, and one that is sent anyway must be the connection's own.
Run it: python examples/dedicated_connection.py
"""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters


def counterfoil(data: str, *options: str) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data, *options])


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


async def main() -> None:
    with TemporaryDirectory() as data:
        async with Client(counterfoil(data)) as practice:
            await call(practice, "update_organization", name="Larkfield Accounting", country="GB")
            for name in ("Harbour Bakery", "Finch Studio"):
                await call(practice, "create_client_organization", name=name, country="GB")

        bakery = "harbour-bakery-sandbox"
        async with Client(counterfoil(data, "--organization", bakery)) as client:
            assert client.server_info is not None
            assert client.server_info.name == f"counterfoil-{bakery}"
            tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
            assert "switch_organization" not in tools
            assert not any("organization" in schema["properties"] for schema in tools.values())
            print(f"{client.server_info.name}: {len(tools)} tools, none of which names an organization")

            saved = await call(client, "save_customer", name="Hotel Bristol")
            assert saved["organization"]["handle"] == bakery
            print(f"Saved {saved['customer']['name']} for {saved['organization']['name']}")

            elsewhere = await client.call_tool("find_customers", {"organization": "finch-studio-sandbox"})
            assert elsewhere.is_error
            assert elsewhere.meta is not None
            assert elsewhere.meta["counterfoil/error"]["code"] == "organization_mismatch"
            print(f"Refused: {elsewhere.meta['counterfoil/error']['message']}")


if __name__ == "__main__":
    anyio.run(main)
