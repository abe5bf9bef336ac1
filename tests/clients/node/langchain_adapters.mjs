// LangChain.js: structured tools of an agent, called as the agent calls them.

import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { given, headers, overHttp, spend } from "./day.mjs";

const server = overHttp
  ? { transport: "http", url: given.url, headers }
  : { transport: "stdio", command: given.command, args: given.args };
const client = new MultiServerMCPClient({ mcpServers: { counterfoil: server } });
const tools = Object.fromEntries((await client.getTools()).map((tool) => [tool.name, tool]));
await spend(Object.keys(tools), (name, args) => tools[name].invoke({ name, args, id: "1", type: "tool_call" }));
await client.close();
