// A form of which a part is shown anew while it is filled in: `data-live` is the address that answers with that part,
// `data-shown` the id of the element that holds it. What was asked later wins, whichever answer comes first.
"use strict";
for (const form of document.querySelectorAll("form[data-live]")) {
  const shown = document.getElementById(form.dataset.shown);
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    shown.setAttribute("aria-busy", "true");
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.live, { method: "POST", body, redirect: "error" }).catch(() => null);
    if (mine !== asked) return;
    shown.removeAttribute("aria-busy");
    if (answer && answer.headers.has("X-Part")) shown.innerHTML = await answer.text();
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  });
}
