"""Google's Agent Development Kit: tools of an agent, with the declarations that Gemini gets."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from google.adk.agents import LlmAgent
from google.adk.agents.invocation_context import InvocationContext
from google.adk.sessions import InMemorySessionService
from google.adk.tools import ToolContext
from google.adk.tools.mcp_tool import McpToolset, StdioConnectionParams, StreamableHTTPConnectionParams
from mcp import StdioServerParameters


async def main() -> None:
    said, day = given(), Day()
    if said["transport"] == "http":
        connection: Any = StreamableHTTPConnectionParams(url=said["url"], headers=headers())
    else:
        server = StdioServerParameters(command=said["command"], args=said["args"])
        connection = StdioConnectionParams(server_params=server, timeout=30)
    toolset = McpToolset(connection_params=connection)
    try:
        tools: dict[str, Any] = {tool.name: tool for tool in await toolset.get_tools()}
        for tool in tools.values():
            assert tool._get_declaration()
        service = InMemorySessionService()
        invocation = InvocationContext(
            session_service=service,
            session=await service.create_session(app_name="counterfoil", user_id="accountant"),
            agent=LlmAgent(name="bookkeeper"),
            invocation_id="1",
        )

        async def call(name: str, arguments: dict[str, Any]) -> object:
            return await tools[name].run_async(args=arguments, tool_context=ToolContext(invocation))

        await spend(day, tools, call)
    finally:
        await toolset.close()


asyncio.run(main())
