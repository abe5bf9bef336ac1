"""Microsoft's Agent Framework: functions of an agent."""

import asyncio
from typing import Any

import httpx2
from agent_framework import MCPStdioTool, MCPStreamableHTTPTool
from day import Day, given, headers, spend


async def main() -> None:
    said, day = given(), Day()
    async with httpx2.AsyncClient(headers=headers()) as http:
        server: Any = MCPStdioTool(
            name="counterfoil", command=said["command"], args=said["args"], approval_mode="never_require"
        )
        if said["transport"] == "http":
            server = MCPStreamableHTTPTool(
                name="counterfoil", url=said["url"], http_client=http, approval_mode="never_require"
            )
        async with server:
            tools = {tool.name: tool for tool in server.functions}

            async def call(name: str, arguments: dict[str, Any]) -> object:
                made = await tools[name].invoke(arguments=arguments)
                return "\n".join(str(getattr(part, "text", part)) for part in made)

            await spend(day, tools, call)


asyncio.run(main())
