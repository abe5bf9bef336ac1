// A day of every client library here: list the tools, be refused once, issue an invoice, render it, open the file.
//
// The library's own functions list and call; this module says what is called, and reads what the library would show a
// model: text in whatever form, or the error it raises. It needs nothing but Node.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

// What the runner passes on: transport, url, token, command, args, organization and reference.
export const given = JSON.parse(process.argv[2]);
export const overHttp = given.transport === "http";
export const headers = { Authorization: `Bearer ${given.token}` };

// A link or path ends where a text, or one within JSON, ends.
const LINK = /https?:\/\/[^\s"'\\]+\/files\/[^\s"'\\]+|\/[^\s"'\\]+\.pdf/;
const NUMBER = /TEST-INV-\d{4}-\d+/;
const SUM = /(?:SHA-256 |sha256\W+)([0-9a-f]{64})/;

// Go through the day; `call` answers what the library would show a model of a call's result.
export async function spend(names, call, era = "") {
  const day = { era, listed: 0, refused: "", issued: "", rendered: "", downloaded: 0 };
  try {
    await steps(day, names, call);
  } finally {
    console.log(JSON.stringify(day));
  }
}

async function steps(day, names, call) {
  for (const name of ["find_customers", "issue_invoice", "render_document"]) assert.ok(names.includes(name), `${names}`);
  day.listed = names.length;
  if (given.start_only) return;

  const refusal = await call("find_customers", {}).then(shown, shown);
  assert.match(refusal, /organization_required/);
  day.refused = "organization_required";

  const issued = shown(
    await call("issue_invoice", {
      organization: given.organization,
      customer: "Hotel Bristol",
      lines: [{ description: "Croissants", quantity: "40", unit_price: "12.50" }],
      client_reference: given.reference,
    }),
  );
  assert.match(issued, NUMBER);
  day.issued = issued.match(NUMBER)[0];

  const rendered = shown(
    await call("render_document", { document: day.issued, organization: given.organization }),
  );
  assert.match(rendered, LINK);
  assert.match(rendered, SUM);
  day.rendered = rendered.match(LINK)[0];
  const pdf = await opened(day.rendered);
  assert.equal(pdf.subarray(0, 4).toString("latin1"), "%PDF");
  assert.equal(createHash("sha256").update(pdf).digest("hex"), rendered.match(SUM)[1]);
  day.downloaded = pdf.length;
}

// A result of whatever kind as a text.
function shown(result) {
  if (typeof result === "string") return result;
  return result instanceof Error ? `${result.name} ${result.message}` : JSON.stringify(result);
}

async function opened(link) {
  if (link.startsWith("/")) return readFile(link);
  const answer = await fetch(link);
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}
