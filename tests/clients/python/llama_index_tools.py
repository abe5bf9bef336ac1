"""LlamaIndex: function tools with a pydantic model of their arguments, made of the schemas."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec


async def main() -> None:
    said, day = given(), Day()
    if said["transport"] == "http":
        client = BasicMCPClient(said["url"], headers=headers())
    else:
        client = BasicMCPClient(said["command"], args=said["args"])
    tools = {tool.metadata.get_name(): tool for tool in await McpToolSpec(client=client).to_tool_list_async()}
    for tool in tools.values():
        tool.metadata.to_openai_tool()

    async def call(name: str, arguments: dict[str, Any]) -> object:
        return await tools[name].acall(**arguments)

    await spend(day, tools, call)


asyncio.run(main())
