/** Brings the keyboard to the first field that a form was sent back for. */

document.querySelector("main [aria-invalid='true']")?.focus();
