// A day with a bakery, through one of the TypeScript SDK's clients: switch, save a customer, issue, render, read.
//
// node client.mjs '{"sdk": "1" or "2", "url": "...", "token": "... or empty", "organization": "... or empty"}'
// A token opens the practice connection, where the organization is made active first; a secret link needs neither.
// What it saw is one line of JSON on standard output.

import assert from "node:assert/strict";

const given = JSON.parse(process.argv[2]);
const identity = { name: "counterfoil-conformance", version: "1.0.0" };
const client = await connect();

const listed = await client.listTools();
let session = "";
if (given.organization) {
  const switched = await call("switch_organization", { organization: given.organization });
  session = switched.session;
}
const carried = session ? { session } : {};

const address = "1 High Street\nLondon\nSW1A 1AA";
const { customer } = await call("save_customer", { name: "Hotel Bristol", country: "GB", address, ...carried });
const order = {
  customer: customer.id,
  lines: [{ description: "Croissants", quantity: 40, unit_price: "12.50", tax_code: "ZERO" }],
  client_reference: given.reference,
  ...carried,
};
const issued = await call("issue_invoice", order);
const again = await call("issue_invoice", order);
assert.equal(again.replayed, true);
assert.deepEqual(again.invoice, issued.invoice);

const rendered = await call("render_document", { document: issued.invoice.number, ...carried });
const download = await fetch(rendered.link);
assert.equal(download.status, 200);
const downloaded = Buffer.from(await download.arrayBuffer());

const base = `counterfoil://${issued.organization.handle}/documents/${issued.invoice.id}`;
const [document] = (await client.readResource({ uri: base })).contents;
const [pdf] = (await client.readResource({ uri: `${base}/pdf` })).contents;
assert.deepEqual(Buffer.from(pdf.blob, "base64"), downloaded);

const refusal = await client.callTool({ name: "get_invoice", arguments: { invoice: "INV-0", ...carried } });
assert.equal(refusal.isError, true);

console.log(
  JSON.stringify({
    protocol: client.getNegotiatedProtocolVersion?.() ?? client.transport.protocolVersion,
    server: client.getServerVersion().name,
    tools: listed.tools.map((tool) => tool.name),
    session: session !== "",
    organization: issued.organization.handle,
    number: issued.invoice.number,
    total: issued.invoice.total,
    document: JSON.parse(document.text),
    pdf: downloaded.subarray(0, 4).toString("latin1"),
    refusal: refusal.content[0].text,
  }),
);
await client.close();

async function connect() {
  const options = given.token ? { requestInit: { headers: { Authorization: `Bearer ${given.token}` } } } : {};
  const { Client, StreamableHTTPClientTransport } = await sdk();
  const made = new Client(identity, given.sdk === "2" ? { versionNegotiation: { mode: "auto" } } : {});
  await made.connect(new StreamableHTTPClientTransport(new URL(given.url), options));
  return made;
}

async function sdk() {
  if (given.sdk === "2") return import("@modelcontextprotocol/client");
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  return { Client, StreamableHTTPClientTransport };
}

async function call(name, values) {
  const result = await client.callTool({ name, arguments: values });
  assert.ok(!result.isError, JSON.stringify(result.content));
  return result.structuredContent;
}
