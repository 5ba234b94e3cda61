/** Turns a stack of code samples into tabs, and keeps one language across the page. */

const KEPT = "code-language";

/** @param {string} [label] @returns {string | null} */
function remembered(label) {
  try {
    if (label) localStorage.setItem(KEPT, label);
    return localStorage.getItem(KEPT);
  } catch {
    return label ?? null;
  }
}

/** @param {Element} box @param {string} label */
function show(box, label) {
  const tabs = [...box.querySelectorAll("[role=tab]")];
  const wanted = tabs.find((tab) => tab.textContent === label) ?? tabs[0];
  for (const tab of tabs) {
    const isWanted = tab === wanted;
    tab.setAttribute("aria-selected", String(isWanted));
    tab.tabIndex = isWanted ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isWanted;
  }
}

/** @param {string} label */
function showEverywhere(label) {
  for (const box of document.querySelectorAll("[data-code-tabs]")) show(box, label);
  remembered(label);
}

/** @param {KeyboardEvent} event */
function move(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const tab = event.target.closest("[role=tab]");
  if (!step || !tab) return;
  const tabs = [...tab.parentElement.children];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  showEverywhere(next.textContent);
  next.focus();
}

/** @param {Element} box */
function prepare(box) {
  const list = box.querySelector("[role=tablist]");
  if (!list.hidden) return;
  list.hidden = false;
  for (const tab of list.children) {
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => showEverywhere(tab.textContent));
  }
  list.addEventListener("keydown", move);
  show(box, remembered() ?? "");
}

/** @param {ParentNode} part */
const prepareAll = (part) => part.querySelectorAll("[data-code-tabs]").forEach(prepare);

document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt));
prepareAll(document);
