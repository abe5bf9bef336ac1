"""smolagents, through mcpadapt: tools of an agent, with what the server says of their answers."""

import asyncio
from typing import Any

from day import Day, given, headers, spend
from mcp import StdioServerParameters
from smolagents import MCPClient


def main() -> None:
    said, day = given(), Day()
    server: Any = StdioServerParameters(command=said["command"], args=said["args"])
    if said["transport"] == "http":
        server = {"url": said["url"], "transport": "streamable-http", "headers": headers()}
    with MCPClient(server, structured_output=False) as listed:
        tools = {tool.name: tool for tool in listed}

        async def call(name: str, arguments: dict[str, Any]) -> object:
            return tools[name](**arguments)

        asyncio.run(spend(day, tools, call))


main()
