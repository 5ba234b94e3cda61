/** Opens dialogs in browsers that do not know the command attribute yet. */

const isNative = "command" in HTMLButtonElement.prototype;

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function closeOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const isInside =
    event.clientX >= box.left &&
    event.clientX <= box.right &&
    event.clientY >= box.top &&
    event.clientY <= box.bottom;
  if (!isInside && event.target === dialog) dialog.close();
}

if (!isNative) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}
if (!("closedBy" in HTMLDialogElement.prototype)) {
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement) closeOutside(event.target, event);
  });
}
