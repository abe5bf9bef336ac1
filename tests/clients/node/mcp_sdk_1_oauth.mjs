// The TypeScript SDK of the protocol, 1.x, with nothing but URLs: its own OAuth finds the rest.

import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { eachOrganization, Program } from "./consent.mjs";
import { given, spend } from "./day.mjs";

async function connected(url) {
  const authProvider = new Program();
  const connect = async () => {
    const client = new Client({ name: "counterfoil-clients", version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
    try {
      await client.connect(transport);
      return { client, transport };
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(authProvider.answer.get("code"));
      return undefined;
    }
  };
  return (await connect()) ?? (await connect());
}

const { client, transport } = await connected(given.url);
const { tools } = await client.listTools();
await eachOrganization(async (url) => {
  const own = (await connected(url)).client;
  const found = await own.callTool({ name: "find_customers", arguments: {} });
  await own.close();
  return found;
});
await spend(
  tools.map((tool) => tool.name),
  (name, values) => client.callTool({ name, arguments: values }),
  transport.protocolVersion,
);
await client.close();
