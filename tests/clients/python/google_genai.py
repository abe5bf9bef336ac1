"""Google's SDK: its converter makes the declarations that the model sees; the session is the protocol's own SDK."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx2
from day import Day, given, headers, spend
from google.genai import types
from google.genai._mcp_utils import mcp_to_gemini_tools
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
        tools = mcp_to_gemini_tools((await session.list_tools()).tools)
        types.GenerateContentConfig(tools=list(tools))
        declared = [one for tool in tools for one in tool.function_declarations or []]

        async def call(name: str, arguments: dict[str, Any]) -> object:
            # As the SDK hands a result to the model: the whole of it as one JSON object.
            result = await session.call_tool(name=name, arguments=arguments)
            answer = {"error" if result.is_error else "result": result.model_dump(mode="json")}
            return types.Part.from_function_response(name=name, response=answer)

        await spend(day, (str(one.name) for one in declared), call)


asyncio.run(main())
