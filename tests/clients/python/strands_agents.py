"""Strands Agents: tools of an agent, called through its client."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from strands.tools.mcp import MCPClient


def main() -> None:
    said, day = given(), Day()
    if said["transport"] == "http":
        client = MCPClient(url=said["url"], headers=headers())
    else:
        client = MCPClient(lambda: stdio_client(StdioServerParameters(command=said["command"], args=said["args"])))
    with client:
        tools = {tool.tool_name: tool.tool_spec for tool in client.list_tools_sync()}

        async def call(name: str, arguments: dict[str, Any]) -> object:
            return await client.call_tool_async("1", name, arguments)

        asyncio.run(spend(day, tools, call))


main()
