/**
 * Shows short messages that leave by themselves. Anything may ask for one:
 * a response with `HX-Trigger: {"toast": {"text": "Saved", "tone": "success"}}`,
 * or `document.dispatchEvent(new CustomEvent("toast", {detail: {text, tone}}))`.
 */

const STAY_MS = 6000;

/** @param {{text: string, tone?: string}} message */
function toast({ text, tone = "info" }) {
  const box = document.createElement("div");
  box.className = `toast toast--${tone}`;
  const words = document.createElement("span");
  words.className = "toast__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast__close";
  close.textContent = "Dismiss";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  document.getElementById("toasts")?.append(box);
  leaveLater(box);
}

/** @param {HTMLElement} box */
function leaveLater(box) {
  let timer = setTimeout(() => box.remove(), STAY_MS);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => {
    timer = setTimeout(() => box.remove(), STAY_MS / 2);
  });
}

document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", () =>
  toast({ text: "That did not work. Try again in a moment.", tone: "danger" }),
);
document.addEventListener("htmx:sendError", () =>
  toast({ text: "The server cannot be reached.", tone: "danger" }),
);
