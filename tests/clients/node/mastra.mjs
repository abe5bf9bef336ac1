// Mastra: tools of an agent, whose arguments and answers it checks by the schemas.

import { MCPClient } from "@mastra/mcp";
import { given, headers, overHttp, spend } from "./day.mjs";

const server = overHttp
  ? { url: new URL(given.url), requestInit: { headers } }
  : { command: given.command, args: given.args };
const client = new MCPClient({ servers: { counterfoil: server } });
const tools = await client.listTools();
const names = Object.keys(tools).map((name) => name.replace(/^counterfoil_/, ""));
await spend(names, (name, values) => tools[`counterfoil_${name}`].execute(values, {}));
await client.disconnect();
