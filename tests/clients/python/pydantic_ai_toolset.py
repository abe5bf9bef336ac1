"""Pydantic AI: an MCP toolset of an agent; a refusal is what the model is told to try again with."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from pydantic_ai import RunContext
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.test import TestModel
from pydantic_ai.usage import RunUsage


async def main() -> None:
    said, day = given(), Day()
    transport: Any = StdioTransport(said["command"], said["args"])
    if said["transport"] == "http":
        transport = StreamableHttpTransport(said["url"], headers=headers())
    async with MCPToolset(transport) as toolset:
        context: Any = RunContext(deps=None, model=TestModel(), usage=RunUsage())
        tools = await toolset.get_tools(context)

        async def call(name: str, arguments: dict[str, Any]) -> object:
            checked = tools[name].args_validator.validate_python(arguments)
            return await toolset.call_tool(name, checked, context, tools[name])

        await spend(day, tools, call)


asyncio.run(main())
