"""The Python SDK of the protocol, mcp 1.9: the last that speaks revision 2025-03-26."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client


async def main() -> None:
    said, day = given(), Day()
    server = StdioServerParameters(command=said["command"], args=said["args"])
    over_http = said["transport"] == "http"
    transport: Any = streamablehttp_client(said["url"], headers=headers()) if over_http else stdio_client(server)
    async with transport as streams, ClientSession(streams[0], streams[1]) as session:
        day.era = str((await session.initialize()).protocolVersion)
        tools = (await session.list_tools()).tools
        await spend(day, (tool.name for tool in tools), session.call_tool)


asyncio.run(main())
