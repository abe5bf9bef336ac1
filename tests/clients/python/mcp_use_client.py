"""mcp-use: its client, with the adapter that makes LangChain's tools of the schemas."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter


async def main() -> None:
    said, day = given(), Day()
    server: dict[str, Any] = {"command": said["command"], "args": said["args"]}
    if said["transport"] == "http":
        server = {"url": said["url"], "headers": headers()}
    client = MCPClient.from_dict({"mcpServers": {"counterfoil": server}})
    try:
        await client.create_all_sessions()
        tools = {tool.name: tool for tool in await LangChainAdapter().create_tools(client)}

        async def call(name: str, arguments: dict[str, Any]) -> object:
            return await tools[name].ainvoke(arguments)

        await spend(day, tools, call)
    finally:
        await client.close_all_sessions()


asyncio.run(main())
