// The command bar: Ctrl K opens it, arrows choose, Enter goes there; and "/" goes to the page's own search.
"use strict";
const bar = document.getElementById("command");
const opener = document.querySelector("[data-command]");
if (bar && opener) {
  const field = bar.querySelector("input");
  const shown = bar.querySelector("[data-shown]");
  const told = bar.querySelector("[role=status]");
  let asked = 0;
  let waiting = 0;
  let at = 0;
  let current = Promise.resolve();
  const choices = () => [...shown.querySelectorAll("[role=option]")];
  const point = (next) => {
    const all = choices();
    at = all.length ? (next + all.length) % all.length : 0;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-expanded", String(all.length > 0));
    if (!all.length) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    clearTimeout(waiting);
    waiting = 0;
    const mine = ++asked;
    const url = new URL(bar.dataset.command, location.href);
    url.searchParams.set("q", field.value);
    const answer = await fetch(url, { redirect: "error" }).catch(() => null);
    // Whoever is signed out meanwhile signs in on the page, which leads back to it.
    if (!answer || !answer.headers.has("X-Part")) return location.assign(opener.href);
    const text = await answer.text();
    if (mine !== asked) return;
    shown.innerHTML = text;
    point(0);
    told.textContent = shown.querySelector("[data-said]").dataset.said;
    told.classList.toggle("unseen", choices().length > 0);
  };
  const go = async () => {
    if (waiting) current = ask();
    await current;
    const chosen = choices()[at];
    if (chosen) location.assign(chosen.dataset.href);
  };
  const open = () => {
    if (bar.open) return field.select();
    field.value = "";
    bar.showModal();
    current = ask();
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { current = ask(); }, 200);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) point(at + step);
    else if (event.key === "Enter" && !event.isComposing) go();
    else return;
    event.preventDefault();
  });
  shown.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.href);
  });
  bar.addEventListener("click", (event) => { if (event.target === bar) bar.close(); });
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open();
    }
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writing || bar.open) return;
    event.preventDefault();
    const search = document.querySelector("main input[type=search]");
    if (search) search.select();
    else open();
  });
}
