// The TypeScript SDK of the protocol, 2.x: "auto" speaks revision 2026-07-28, "legacy" shakes hands.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { given, headers, overHttp, spend } from "./day.mjs";

const client = new Client({ name: "counterfoil-clients", version: "1.0.0" }, { versionNegotiation: { mode: given.mode } });
const transport = overHttp
  ? new StreamableHTTPClientTransport(new URL(given.url), { requestInit: { headers } })
  : new StdioClientTransport({ command: given.command, args: given.args });
await client.connect(transport);
const { tools } = await client.listTools();
await spend(
  tools.map((tool) => tool.name),
  (name, values) => client.callTool({ name, arguments: values }),
  client.getNegotiatedProtocolVersion(),
);
await client.close();
