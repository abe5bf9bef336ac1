"""AutoGen: adapters with a pydantic model of the arguments, made of the schemas."""

import asyncio
from typing import Any

from autogen_core import CancellationToken
from autogen_ext.tools.mcp import StdioServerParams, StreamableHttpServerParams, mcp_server_tools
from day import Day, given, headers, spend


async def main() -> None:
    said, day = given(), Day()
    server: Any = StdioServerParams(command=said["command"], args=said["args"], read_timeout_seconds=30)
    if said["transport"] == "http":
        server = StreamableHttpServerParams(url=said["url"], headers=headers())
    tools = {tool.name: tool for tool in await mcp_server_tools(server)}

    async def call(name: str, arguments: dict[str, Any]) -> object:
        tool = tools[name]
        return tool.return_value_as_string(await tool.run_json(arguments, CancellationToken()))

    await spend(day, tools, call)


asyncio.run(main())
