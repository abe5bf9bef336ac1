"""The Python SDK of the protocol, mcp 1.x, which many libraries still use."""

import asyncio
from contextlib import AsyncExitStack

import httpx
from day import Day, given, headers, spend
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


async def main() -> None:
    said, day = given(), Day()
    async with AsyncExitStack() as stack:
        if said["transport"] == "http":
            http = await stack.enter_async_context(httpx.AsyncClient(headers=headers()))
            read, write, _ = await stack.enter_async_context(streamable_http_client(said["url"], http_client=http))
        else:
            server = StdioServerParameters(command=said["command"], args=said["args"])
            read, write = await stack.enter_async_context(stdio_client(server))
        session = await stack.enter_async_context(ClientSession(read, write))
        day.era = str((await session.initialize()).protocolVersion)
        tools = (await session.list_tools()).tools
        await spend(day, (tool.name for tool in tools), session.call_tool)


asyncio.run(main())
