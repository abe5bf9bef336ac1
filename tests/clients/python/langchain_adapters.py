"""LangChain's adapters: tools of an agent, called as the agent calls them."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_mcp_adapters.client import MultiServerMCPClient


async def main() -> None:
    said, day = given(), Day()
    server: Any = {"transport": "stdio", "command": said["command"], "args": said["args"]}
    if said["transport"] == "http":
        server = {"transport": "streamable_http", "url": said["url"], "headers": headers()}
    tools = {tool.name: tool for tool in await MultiServerMCPClient({"counterfoil": server}).get_tools()}
    for tool in tools.values():
        convert_to_openai_tool(tool, strict=True)

    async def call(name: str, arguments: dict[str, Any]) -> object:
        return await tools[name].ainvoke({"name": name, "args": arguments, "id": "1", "type": "tool_call"})

    await spend(day, tools, call)


asyncio.run(main())
