/**
 * Draws the numbers typed or pasted into a text area.
 *
 * `[data-series]` holds a textarea, [data-series-preview] for the line and
 * [data-series-count] for words about what was understood.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} text @returns {{values: number[], wrong: string[]}} */
export function numbersIn(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const values = words.map(Number);
  return {
    values: values.filter(Number.isFinite),
    wrong: words.filter((_, place) => !Number.isFinite(values[place])),
  };
}

/** @param {number[]} values @returns {string} an SVG path in a box of 100 by 30 */
export function lineThrough(values) {
  const low = Math.min(...values);
  const reach = Math.max(...values) - low || 1;
  const step = 100 / Math.max(values.length - 1, 1);
  const points = values.map(
    (value, place) =>
      `${(place * step).toFixed(2)} ${(28 - (26 * (value - low)) / reach).toFixed(2)}`,
  );
  return `M${points.join("L")}`;
}

/** @param {Element} place @param {number[]} values */
function draw(place, values) {
  place.replaceChildren();
  if (values.length < 2) return;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", "spark__line");
  path.setAttribute("d", lineThrough(values));
  svg.append(path);
  place.append(svg);
}

/** @param {{values: number[], wrong: string[]}} found @returns {string} */
function words({ values, wrong }) {
  const count = `${values.length} ${values.length === 1 ? "number" : "numbers"}`;
  return wrong.length ? `${count}; not a number: ${wrong.slice(0, 3).join(", ")}` : count;
}

/** @param {HTMLElement} box */
function prepare(box) {
  const input = box.querySelector("textarea");
  const show = () => {
    const found = numbersIn(input.value);
    draw(box.querySelector("[data-series-preview]"), found.values);
    box.querySelector("[data-series-count]").textContent = words(found);
    input.toggleAttribute("aria-invalid", false);
    if (found.wrong.length) input.setAttribute("aria-invalid", "true");
  };
  input.addEventListener("input", show);
  show();
}

/** @param {ParentNode} part */
function prepareAll(part) {
  for (const box of part.querySelectorAll("[data-series]:not([data-ready])")) {
    box.dataset.ready = "";
    prepare(box);
  }
}

document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt));
prepareAll(document);
