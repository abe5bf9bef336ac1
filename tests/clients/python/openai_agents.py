"""The OpenAI Agents SDK, whose agent makes each schema strict: it fails if one of them cannot be."""

import asyncio
import json
from typing import Any

from agents import Agent, FunctionTool
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp
from agents.run_context import RunContextWrapper
from agents.tool_context import ToolContext
from day import Day, given, headers, spend


async def main() -> None:
    said, day = given(), Day()
    server: Any
    if said["transport"] == "http":
        server = MCPServerStreamableHttp(params={"url": said["url"], "headers": headers()})
    else:
        server = MCPServerStdio(params={"command": said["command"], "args": said["args"]})
    async with server:
        agent = Agent(
            name="Bookkeeper", mcp_servers=[server], mcp_config={"convert_schemas_to_strict": True}, instructions=""
        )
        tools = {tool.name: tool for tool in await agent.get_mcp_tools(RunContextWrapper(None))}
        loose = [name for name, tool in tools.items() if isinstance(tool, FunctionTool) and not tool.strict_json_schema]
        assert not loose, f"not strict: {', '.join(loose)}"

        async def call(name: str, arguments: dict[str, Any]) -> object:
            tool = tools[name]
            # A strict model sends every property: what it has nothing to say about as null.
            everything = json.dumps(dict.fromkeys(tool.params_json_schema["properties"]) | arguments)
            context: Any = ToolContext(None, tool_name=name, tool_call_id="1", tool_arguments=everything)
            return await tool.on_invoke_tool(context, everything)

        await spend(day, tools, call)


asyncio.run(main())
