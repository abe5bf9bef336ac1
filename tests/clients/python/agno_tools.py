"""Agno: a toolkit of an agent."""

import asyncio
import shlex
from typing import Any

from agno.tools.mcp import MCPTools
from day import Day, given, headers, spend


async def main() -> None:
    said, day = given(), Day()
    if said["transport"] == "http":
        toolkit = MCPTools(transport="streamable-http", url=said["url"], headers=headers())
    else:
        # It starts only what it knows, such as python.
        toolkit = MCPTools(command=shlex.join([said["python"], "-m", "server", *said["args"]]))
    async with toolkit:
        tools = toolkit.functions

        async def call(name: str, arguments: dict[str, Any]) -> object:
            entrypoint: Any = tools[name].entrypoint
            return await entrypoint(**arguments)

        await spend(day, tools, call)


asyncio.run(main())
