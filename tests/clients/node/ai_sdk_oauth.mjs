// Vercel's AI SDK with nothing but URLs: it has an OAuth of its own.

import { auth, createMCPClient, UnauthorizedError } from "@ai-sdk/mcp";
import { eachOrganization, Program } from "./consent.mjs";
import { given, spend } from "./day.mjs";

async function connected(url) {
  const authProvider = new Program();
  const connect = () => createMCPClient({ transport: { type: "http", url, authProvider } });
  try {
    return await connect();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await auth(authProvider, {
      serverUrl: new URL(url),
      authorizationCode: authProvider.answer.get("code"),
      callbackState: authProvider.answer.get("state"),
    });
    return connect();
  }
}

const called = (tools, name, values) => tools[name].execute(values, { toolCallId: "1", messages: [] });

const client = await connected(given.url);
const tools = await client.tools();
await eachOrganization(async (url) => {
  const own = await connected(url);
  const found = await called(await own.tools(), "find_customers", {});
  await own.close();
  return found;
});
await spend(Object.keys(tools), async (name, values) => {
  const output = await called(tools, name, values);
  return tools[name].toModelOutput ? tools[name].toModelOutput({ toolCallId: "1", input: values, output }) : output;
});
await client.close();
