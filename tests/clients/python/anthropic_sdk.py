"""Anthropic's SDK: its helper makes tools that a tool runner calls; they show the content that the model would get."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx2
from anthropic import transform_schema
from anthropic.lib.tools.mcp import UnsupportedMCPValueError, async_mcp_tool, mcp_content
from day import Day, given, headers, spend
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


async def main() -> None:
    said, day = given(), Day()
    async with AsyncExitStack() as stack:
        if said["transport"] == "http":
            http = await stack.enter_async_context(httpx2.AsyncClient(headers=headers()))
            streams: Any = await stack.enter_async_context(streamable_http_client(said["url"], http_client=http))
        else:
            server = StdioServerParameters(command=said["command"], args=said["args"])
            streams = await stack.enter_async_context(stdio_client(server))
        session = await stack.enter_async_context(ClientSession(streams[0], streams[1]))
        day.era = (await session.initialize()).protocol_version
        listed = (await session.list_tools()).tools
        tools = {tool.name: async_mcp_tool(tool, session) for tool in listed}
        for tool in tools.values():
            transform_schema(tool.to_dict()["input_schema"])

        async def call(name: str, arguments: dict[str, Any]) -> object:
            try:
                return await tools[name].call(arguments)
            except UnsupportedMCPValueError:
                # The helper takes no resource link, which comes beside the text of a file.
                result = await session.call_tool(name, arguments)
                return [mcp_content(part) for part in result.content if part.type == "text"]

        await spend(day, tools, call)


asyncio.run(main())
