/**
 * Previews a chosen picture and draws boxes over it.
 *
 * `[data-picture]` holds `<input type="file">`, radios named "sample" whose values are pictures
 * as data URIs, and `[data-picture-frame]`, whose
 * data-boxes is JSON: [{label, score, box: [left, top, right, bottom]}] in shares of
 * width and height (0 to 1). Set data-boxes again to draw again.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{label?: string, score?: number, box: [number, number, number, number]}} Box */

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {Box} found @returns {string} */
function wordsOf({ label = "object", score }) {
  return score === undefined ? label : `${label} ${Math.round(score * 100)} %`;
}

/** @param {Box} found @returns {SVGElement} */
function outline({ box }) {
  const [left, top, right, bottom] = box.map((share) => share * 1000);
  const size = { x: left, y: top, width: right - left, height: bottom - top };
  return shape("rect", { class: "picture__box", rx: 4, ...size });
}

/** @param {Box} found @returns {HTMLElement} */
function tag(found) {
  const words = document.createElement("span");
  words.className = "picture__label";
  words.textContent = wordsOf(found);
  words.style.left = `${found.box[0] * 100}%`;
  words.style.top = `${found.box[1] * 100}%`;
  return words;
}

/** @param {HTMLElement} frame */
function drawBoxes(frame) {
  for (const old of frame.querySelectorAll(".picture__boxes, .picture__label")) old.remove();
  /** @type {Box[]} */
  const boxes = JSON.parse(frame.dataset.boxes || "[]");
  if (boxes.length === 0) return;
  const layer = shape("svg", {
    class: "picture__boxes",
    viewBox: "0 0 1000 1000",
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": `${boxes.length} found`,
  });
  layer.append(...boxes.map(outline));
  frame.append(layer, ...boxes.map(tag));
}

/** @param {HTMLElement} frame @param {string} source @param {string} words */
function show(frame, source, words) {
  const image = frame.querySelector("img") ?? frame.appendChild(document.createElement("img"));
  if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
  image.removeAttribute("width");
  image.removeAttribute("height");
  image.src = source;
  image.alt = words;
  frame.dataset.boxes = "[]";
}

/** @param {HTMLElement} frame @param {File | undefined} file */
function preview(frame, file) {
  if (file?.type.startsWith("image/")) show(frame, URL.createObjectURL(file), `Preview of ${file.name}`);
}

/**
 * A file and a sample exclude each other: the one chosen last is shown and sent.
 *
 * @param {HTMLElement} place @param {HTMLElement} frame @param {HTMLInputElement} input
 */
function takeSamples(place, frame, input) {
  const samples = [...place.querySelectorAll("[name=sample]")];
  for (const sample of samples) {
    sample.addEventListener("change", () => {
      input.value = "";
      show(frame, sample.value, sample.parentElement.title);
    });
  }
  input.addEventListener("change", () => {
    for (const sample of samples) sample.checked = false;
  });
}

/** @param {HTMLElement} place @param {HTMLElement} frame @param {HTMLInputElement} input */
function takePictures(place, frame, input) {
  input.addEventListener("change", () => preview(frame, input.files[0]));
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.toggleAttribute("data-over", true);
  });
  place.addEventListener("dragleave", () => place.removeAttribute("data-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.removeAttribute("data-over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** @param {HTMLElement} place a form's picture, or one that is only shown */
function prepare(place) {
  const frame = place.querySelector("[data-picture-frame]");
  const input = place.querySelector("input[type=file]");
  if (input) {
    takePictures(place, frame, input);
    takeSamples(place, frame, input);
  }
  new MutationObserver(() => drawBoxes(frame)).observe(frame, { attributeFilter: ["data-boxes"] });
  drawBoxes(frame);
}

/** @param {ParentNode} part */
function prepareAll(part) {
  const inside = part.querySelectorAll("[data-picture]:not([data-ready])");
  // What htmx put in may be the picture itself.
  const all = part.matches?.("[data-picture]:not([data-ready])") ? [part, ...inside] : inside;
  for (const place of all) {
    place.dataset.ready = "";
    prepare(place);
  }
}

document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt));
prepareAll(document);
