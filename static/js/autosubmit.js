/** Sends form[data-autosubmit] when a choice in it changes; its button is not needed then. */

/** @param {HTMLFormElement} form */
function prepare(form) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.matches("input:not([type=search], [type=text]), select")) form.requestSubmit();
  });
}

for (const form of document.querySelectorAll("form[data-autosubmit]")) prepare(form);
