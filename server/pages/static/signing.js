// Has a passkey sign what the page shows, and sends the form with the answer.
for (const button of document.querySelectorAll("button[data-passkey]")) {
  const form = button.form;
  const needs = form.querySelector("[data-without-script]");
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) continue;
  needs.remove();
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    button.disabled = true;
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(button.dataset.passkey));
      const answer = await navigator.credentials.get({ publicKey });
      form.elements.passkey.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch (error) {
      button.disabled = false;
    }
  });
}
