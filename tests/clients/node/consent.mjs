// A person who is signed in with a browser, and a client program's side of OAuth as the libraries ask for it. It needs
// nothing but Node.

import assert from "node:assert/strict";
import { given } from "./day.mjs";

export const CALLBACK = "http://127.0.0.1:3000/callback";

// Press the button of the consent page; answers what the program is told in the redirect.
export async function allow(url) {
  const begun = await fetch(url, { redirect: "manual", headers: { cookie: given.cookie } });
  assert.equal(begun.status, 303, await begun.text());
  const cookie = `${given.cookie}; ${begun.headers.get("set-cookie").split(";")[0]}`;
  const page = new URL(begun.headers.get("location"), url);
  const shown = await (await fetch(page, { redirect: "manual", headers: { cookie } })).text();
  const key = shown.match(/name="form_key" value="(\w+)"/)[1];
  const answered = await fetch(page, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, origin: page.origin },
    body: new URLSearchParams({ form_key: key, act: "allow", reach: "everything", rights: "write" }),
  });
  assert.equal(answered.status, 303, await answered.text());
  return new URL(answered.headers.get("location")).searchParams;
}

// What a library is given to keep its registration and tokens in; `answer` is what came with the redirect.
export class Program {
  redirectUrl = CALLBACK;
  clientMetadata = {
    client_name: "counterfoil-clients",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  kept = {};

  clientInformation = () => this.kept.client;
  saveClientInformation = (client) => void (this.kept.client = client);
  tokens = () => this.kept.tokens;
  saveTokens = (tokens) => void (this.kept.tokens = tokens);
  codeVerifier = () => this.kept.verifier;
  saveCodeVerifier = (verifier) => void (this.kept.verifier = verifier);
  state = () => (this.kept.state ??= crypto.randomUUID());
  storedState = () => this.kept.state;
  redirectToAuthorization = async (url) => {
    this.answer = await allow(url);
    assert.equal(this.answer.get("state"), new URL(url).searchParams.get("state"));
  };
}

// Each organization's own connection beside the one to all: `look` calls find_customers over a new connection to the
// URL, and answers what a model would be shown.
export async function eachOrganization(look) {
  for (const [name, url] of Object.entries(given.urls)) {
    const shown = JSON.stringify(await look(url));
    for (const other of Object.keys(given.urls)) assert.equal(shown.includes(other), other === name, shown);
  }
}
