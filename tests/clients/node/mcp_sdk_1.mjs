// The TypeScript SDK of the protocol, 1.x: it checks each answer against the tool's output schema.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { given, headers, overHttp, spend } from "./day.mjs";

const client = new Client({ name: "counterfoil-clients", version: "1.0.0" });
const transport = overHttp
  ? new StreamableHTTPClientTransport(new URL(given.url), { requestInit: { headers } })
  : new StdioClientTransport({ command: given.command, args: given.args });
await client.connect(transport);
const { tools } = await client.listTools();
await spend(
  tools.map((tool) => tool.name),
  (name, values) => client.callTool({ name, arguments: values }),
  transport.protocolVersion,
);
await client.close();
