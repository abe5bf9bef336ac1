// Buttons whose form a passkey answers: `data-passkey` is what a browser is asked, `data-options` with what.
"use strict";

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const named = (one) => ({ ...one, id: bytesOf(one.id) });

async function answered(kind, asked) {
  const publicKey = { ...asked, challenge: bytesOf(asked.challenge) };
  if (kind === "create") {
    publicKey.user = named(asked.user);
    publicKey.excludeCredentials = (asked.excludeCredentials || []).map(named);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = (asked.allowCredentials || []).map(named);
  return navigator.credentials.get({ publicKey });
}

function sent(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = textOf(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response });
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  const form = button.form;
  const problem = form.querySelector("[data-problem]");
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    problem.hidden = button.disabled = true;
    try {
      if (!window.PublicKeyCredential) throw new Error("no passkeys");
      form.elements.answer.value = sent(await answered(button.dataset.passkey, JSON.parse(button.dataset.options)));
      form.submit();
    } catch {
      problem.hidden = button.disabled = false;
    }
  });
}
