"""One conversation does the month-end of two clients and switches between them, in both eras of the protocol.
Revisions with a handshake remember the active client themselves; 2026-07-28 has `session` carried in each call.
Run it: python examples/month_end_for_two_clients.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

CLIENTS = {"Harbour Bakery": ("GB", "Croissants", "12.50"), "Finch Studio": ("DE", "Illustration", "85.00")}


@dataclass
class Conversation:
    """A client that carries the session along, where `switch_organization` has answered one."""

    client: Client
    session: str = ""

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        carried = {"session": self.session} if self.session and tool != "create_client_organization" else {}
        result = await self.client.call_tool(tool, arguments | carried)
        first = result.content[0]
        assert isinstance(first, TextContent)
        assert not result.is_error, first.text
        assert result.structured_content is not None
        # The first line of every answer says for whom the call acted.
        print(f"  {tool}: {first.text.splitlines()[0]}")
        return dict(result.structured_content)


async def month_end(conversation: Conversation, name: str) -> str:
    """Switch to the client and invoice its customer; nothing but the switch names the client."""
    _, item, price = CLIENTS[name]
    switched = await conversation.call("switch_organization", organization=name)
    conversation.session = switched["session"]
    lines = [{"description": item, "quantity": 3, "unit_price": price}]
    issued = await conversation.call("issue_invoice", customer="Hotel Bristol", lines=lines)
    assert issued["organization"]["name"] == name
    return str(issued["invoice"]["number"])


async def main() -> None:
    with TemporaryDirectory() as data:
        server = StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data])
        for month, mode in enumerate(("auto", "legacy"), start=1):
            async with Client(server, mode=mode) as client:
                print(f"Month {month}, protocol {client.protocol_version}")
                conversation = Conversation(client)
                if month == 1:
                    await conversation.call("update_organization", name="Larkfield Accounting", country="GB")
                    for name, (country, _, _) in CLIENTS.items():
                        made = await conversation.call("create_client_organization", name=name, country=country)
                        own = made["created"]["handle"]
                        await conversation.call("save_customer", organization=own, name="Hotel Bristol", country="GB")
                numbers = [await month_end(conversation, name) for name in CLIENTS]
                # Each client has a series of its own: the same number twice, and no gap in either.
                assert [number[-5:] for number in numbers] == [f"{month:05}"] * 2
                assert bool(conversation.session) is (mode == "auto")


if __name__ == "__main__":
    anyio.run(main)
