// A choice on which the rest of a form depends: `data-again` is the id of the button that shows the form anew.
"use strict";
for (const choice of document.querySelectorAll("select[data-again]")) {
  const button = document.getElementById(choice.dataset.again);
  button.hidden = true;
  choice.addEventListener("change", () => choice.form.requestSubmit(button));
}
