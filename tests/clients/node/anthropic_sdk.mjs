// Anthropic's SDK: its helper makes tools that a tool runner calls; they show the content that the model would get.

import { mcpContent, mcpTools, UnsupportedMCPValueError } from "@anthropic-ai/sdk/helpers/beta/mcp";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { given, headers, overHttp, spend } from "./day.mjs";

const client = new Client({ name: "counterfoil-clients", version: "1.0.0" });
const transport = overHttp
  ? new StreamableHTTPClientTransport(new URL(given.url), { requestInit: { headers } })
  : new StdioClientTransport({ command: given.command, args: given.args });
await client.connect(transport);
const listed = mcpTools((await client.listTools()).tools, client);
const tools = Object.fromEntries(listed.map((tool) => [tool.name, tool]));
await spend(
  Object.keys(tools),
  async (name, values) => {
    try {
      return await tools[name].run(values);
    } catch (error) {
      // The helper takes no resource link, which comes beside the text of a file.
      if (!(error instanceof UnsupportedMCPValueError)) throw error;
      const { content } = await client.callTool({ name, arguments: values });
      return content.filter((part) => part.type === "text").map((part) => mcpContent(part));
    }
  },
  transport.protocolVersion,
);
await client.close();
