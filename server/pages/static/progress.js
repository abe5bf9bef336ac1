// What is under way: `data-progress` is the address that answers with the element as it stands now, which is asked
// again until an answer no longer is under way (has no `data-progress`). A page without script loads itself anew.
"use strict";
const follow = (shown) => {
  const ask = async () => {
    const answer = await fetch(shown.dataset.progress).catch(() => null);
    if (answer && answer.headers.has("X-Part")) {
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      const next = made.content.firstElementChild;
      shown.replaceWith(next);
      shown = next;
      if (!shown.dataset.progress) {
        const target = shown.querySelector("[data-then]");
        if (target) target.focus();
        return;
      }
    }
    setTimeout(ask, 700);
  };
  setTimeout(ask, 300);
};
for (const shown of document.querySelectorAll("[data-progress]")) follow(shown);
