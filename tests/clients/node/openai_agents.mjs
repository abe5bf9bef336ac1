// The OpenAI Agents SDK, with strict schemas: it fails if one of them cannot be made strict.

import assert from "node:assert/strict";
import { Agent, getAllMcpTools, MCPServerStdio, MCPServerStreamableHttp, RunContext, setTracingDisabled } from "@openai/agents";
import { given, headers, overHttp, spend } from "./day.mjs";

setTracingDisabled(true);
const server = overHttp
  ? new MCPServerStreamableHttp({ url: given.url, requestInit: { headers } })
  : new MCPServerStdio({ command: given.command, args: given.args });
await server.connect();
const runContext = new RunContext();
const agent = new Agent({ name: "Bookkeeper", mcpServers: [server] });
const listed = await getAllMcpTools({ mcpServers: [server], runContext, agent, convertSchemasToStrict: true });
const tools = Object.fromEntries(listed.map((tool) => [tool.name, tool]));
for (const tool of listed) assert.equal(tool.strict, true, `${tool.name} is not strict`);
await spend(Object.keys(tools), (name, values) => {
  // A strict model sends every property: what it has nothing to say about as null.
  const nothing = Object.keys(tools[name].parameters.properties).map((property) => [property, null]);
  return tools[name].invoke(runContext, JSON.stringify({ ...Object.fromEntries(nothing), ...values }));
});
await server.close();
