// The TypeScript SDK of the protocol, 2.x, with nothing but URLs: its own OAuth finds the rest.

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { eachOrganization, Program } from "./consent.mjs";
import { given, spend } from "./day.mjs";

async function connected(url) {
  const authProvider = new Program();
  const connect = async () => {
    const client = new Client({ name: "counterfoil-clients", version: "1" }, { versionNegotiation: { mode: given.mode } });
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
    try {
      await client.connect(transport);
      return client;
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(authProvider.answer);
      return undefined;
    }
  };
  return (await connect()) ?? (await connect());
}

const client = await connected(given.url);
const { tools } = await client.listTools();
await eachOrganization(async (url) => {
  const own = await connected(url);
  const found = await own.callTool({ name: "find_customers", arguments: {} });
  await own.close();
  return found;
});
await spend(
  tools.map((tool) => tool.name),
  (name, values) => client.callTool({ name, arguments: values }),
  client.getNegotiatedProtocolVersion(),
);
await client.close();
