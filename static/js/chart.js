/** Shows the values of the column under the pointer, next to it. */

/** @param {Element} column */
function show(column) {
  const plot = column.closest(".chart__plot");
  const tip = plot.querySelector(".chart__tip") ?? plot.appendChild(document.createElement("div"));
  tip.className = "chart__tip";
  tip.textContent = column.dataset.tip;
  tip.hidden = false;
  const frame = plot.getBoundingClientRect();
  const box = column.getBoundingClientRect();
  const middle = box.left + box.width / 2 - frame.left;
  const isRight = middle > frame.width / 2;
  tip.style.left = isRight ? "auto" : `${middle + 14}px`;
  tip.style.right = isRight ? `${frame.width - middle + 14}px` : "auto";
  tip.style.top = "8px";
}

document.addEventListener("pointerover", (event) => {
  const column = event.target.closest?.("[data-tip]");
  if (column) show(column);
});
document.addEventListener("pointerout", (event) => {
  const plot = event.target.closest?.(".chart__plot");
  const tip = plot?.querySelector(".chart__tip");
  if (tip && !plot.contains(event.relatedTarget)) tip.hidden = true;
});
