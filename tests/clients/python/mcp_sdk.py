"""The Python SDK of the protocol, mcp 2.x: `auto` speaks revision 2026-07-28, `legacy` shakes hands."""

import asyncio
from typing import Any

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
        async with Client(transport, mode=said["mode"]) as client:
            day.era = client.protocol_version
            tools = (await client.list_tools()).tools
            await spend(day, (tool.name for tool in tools), client.call_tool)


asyncio.run(main())
