/** Copies the text of [data-copy] and says so for a moment. */

/** @param {HTMLElement} button */
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  const label = button.querySelector(".copy__label");
  const before = label.textContent;
  if (button.hasAttribute("data-copied")) return;
  button.setAttribute("data-copied", "");
  label.textContent = "Copied";
  setTimeout(() => {
    button.removeAttribute("data-copied");
    label.textContent = before;
  }, 1600);
}

/** @param {ParentNode} part */
function reveal(part) {
  if (!navigator.clipboard) return;
  for (const button of part.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
reveal(document);
