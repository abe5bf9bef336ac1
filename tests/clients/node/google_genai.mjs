// Google's SDK: declarations of functions, and the parts that answer a model's calls of them.

import { mcpToTool } from "@google/genai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { given, headers, overHttp, spend } from "./day.mjs";

const client = new Client({ name: "counterfoil-clients", version: "1.0.0" });
const transport = overHttp
  ? new StreamableHTTPClientTransport(new URL(given.url), { requestInit: { headers } })
  : new StdioClientTransport({ command: given.command, args: given.args });
await client.connect(transport);
const callable = mcpToTool(client);
const { functionDeclarations } = await callable.tool();
await spend(
  functionDeclarations.map((declared) => declared.name),
  (name, args) => callable.callTool([{ name, args }]),
  transport.protocolVersion,
);
await client.close();
