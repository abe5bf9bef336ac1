// Genkit: actions of an agent.

import { createMcpHost } from "@genkit-ai/mcp";
import { genkit } from "genkit";
import { given, headers, overHttp, spend } from "./day.mjs";

const server = overHttp ? { url: given.url, requestInit: { headers } } : { command: given.command, args: given.args };
const host = createMcpHost({ name: "host", mcpServers: { counterfoil: server } });
const listed = await host.getActiveTools(genkit({}));
const tools = Object.fromEntries(listed.map((tool) => [tool.__action.name.split("/").at(-1), tool]));
await spend(Object.keys(tools), async (name, values) => tools[name](values));
await host.close();
