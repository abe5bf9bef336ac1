"""DSPy: tools made of the session's, whose arguments it checks by the schemas before it calls."""

import asyncio
from typing import Any

import dspy
import httpx2
from day import Day, given, headers, spend
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


async def main() -> None:
    said, day = given(), Day()
    async with httpx2.AsyncClient(headers=headers()) as http:
        if said["transport"] == "http":
            transport: Any = streamable_http_client(said["url"], http_client=http)
        else:
            transport = stdio_client(StdioServerParameters(command=said["command"], args=said["args"]))
        async with Client(transport) as client:
            day.era = client.protocol_version
            listed = (await client.list_tools()).tools
            tools = {tool.name: dspy.Tool.from_mcp_tool(client, tool) for tool in listed}

            async def call(name: str, arguments: dict[str, Any]) -> object:
                return await tools[name].acall(**arguments)

            await spend(day, tools, call)


asyncio.run(main())
