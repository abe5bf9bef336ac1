"""Haystack: a toolset of an agent."""

import asyncio
from typing import Any

from day import Day, given, spend
from haystack.utils import Secret
from haystack_integrations.tools.mcp import MCPToolset, StdioServerInfo, StreamableHttpServerInfo


def main() -> None:
    said, day = given(), Day()
    server: Any = StdioServerInfo(command=said["command"], args=said["args"])
    if said["transport"] == "http":
        server = StreamableHttpServerInfo(url=said["url"], token=Secret.from_token(said["token"]))
    toolset = MCPToolset(server_info=server, eager_connect=True)
    try:
        tools = {tool.name: tool for tool in toolset}

        async def call(name: str, arguments: dict[str, Any]) -> object:
            return tools[name].invoke(**arguments)

        asyncio.run(spend(day, tools, call))
    finally:
        toolset.close()


main()
