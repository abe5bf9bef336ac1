// Vercel's AI SDK: tools of its own, whose arguments it checks by the schemas. Over stdio it asks for server/discover,
// waits a second, and then shakes hands.

import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { asSchema } from "ai";
import { given, headers, overHttp, spend } from "./day.mjs";

const client = await createMCPClient({
  transport: overHttp
    ? { type: "http", url: given.url, headers }
    : new StdioTransport({ command: given.command, args: given.args }),
});
const tools = await client.tools();
await spend(Object.keys(tools), async (name, values) => {
  const checked = await asSchema(tools[name].inputSchema).validate?.(values);
  if (checked && !checked.success) throw checked.error;
  const output = await tools[name].execute(values, { toolCallId: "1", messages: [] });
  return tools[name].toModelOutput ? tools[name].toModelOutput({ toolCallId: "1", input: values, output }) : output;
});
await client.close();
