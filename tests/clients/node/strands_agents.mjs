// Strands Agents: tools of an agent, called through its client.

import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpClient } from "@strands-agents/sdk";
import { given, headers, overHttp, spend } from "./day.mjs";

const transport = overHttp
  ? new StreamableHTTPClientTransport(new URL(given.url), { requestInit: { headers } })
  : new StdioClientTransport({ command: given.command, args: given.args });
const client = new McpClient({ transport });
const tools = Object.fromEntries((await client.listTools()).map((tool) => [tool.name, tool]));
await spend(Object.keys(tools), (name, values) => client.callTool(tools[name], values));
await client.disconnect();
