// The switcher as a menu: found as one types, walked through by arrow keys, closed by Escape and by a click elsewhere.
// Without script it opens all the same, and its search leads to the page of all organizations.
"use strict";
for (const menu of document.querySelectorAll("details[data-switcher]")) {
  const opens = menu.querySelector("summary");
  const field = menu.querySelector("input[type=search]");
  const list = menu.querySelector("ul");
  const none = menu.querySelector("[data-none]");
  const shown = () => [...list.querySelectorAll("a")].filter((one) => !one.parentElement.hidden);
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let waiting = 0;
  let asked = 0;

  const limit = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    for (const one of list.querySelectorAll("a")) {
      const said = plain(`${one.textContent} ${one.getAttribute("href")}`);
      one.parentElement.hidden = !words.every((word) => said.includes(word));
    }
    none.hidden = shown().length > 0;
  };
  const ask = async () => {
    const mine = ++asked;
    const address = `${field.dataset.asks}&q=${encodeURIComponent(field.value)}`;
    const answer = await fetch(address, { redirect: "error" }).catch(() => null);
    if (mine !== asked || !answer || !answer.headers.has("X-Part")) return;
    list.innerHTML = await answer.text();
    none.hidden = shown().length > 0;
  };
  const close = () => {
    menu.open = false;
    opens.focus();
  };
  const go = (step) => {
    const stops = field ? [field, ...shown()] : shown();
    if (!stops.length) return;
    const at = stops.indexOf(document.activeElement);
    stops[(at < 0 ? (step > 0 ? 0 : stops.length - 1) : (at + step + stops.length) % stops.length)].focus();
  };

  menu.addEventListener("toggle", () => {
    if (menu.open) (field || list.querySelector("[aria-current]") || list.querySelector("a")).focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!menu.open) menu.open = true;
      else go(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && menu.open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && event.target === field && shown().length && !waiting) {
      event.preventDefault();
      shown()[0].click();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  if (field) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = 0;
      if (!field.dataset.asks) limit();
      else waiting = setTimeout(() => ask().finally(() => { waiting = 0; }), 200);
    });
  }
}
