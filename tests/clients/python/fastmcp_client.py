"""FastMCP's client, configured as a desktop client is."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from fastmcp import Client


async def main() -> None:
    said, day = given(), Day()
    server: dict[str, Any] = {"command": said["command"], "args": said["args"]}
    if said["transport"] == "http":
        server = {"url": said["url"], "headers": headers()}
    async with Client({"mcpServers": {"counterfoil": server}}) as client:
        tools = await client.list_tools()
        await spend(day, (tool.name for tool in tools), client.call_tool)


asyncio.run(main())
