/**
 * A conversation around a streaming form.
 *
 * `<form data-chat data-stream="#try-answer" data-stream-url="...">` streams each answer into
 * a new turn of `[data-chat-log]`, remembers the turns in `[data-chat-history]`, and shows
 * what the call cost in `[data-chat-facts]`.
 */

/** @param {string} kind @param {string} text @returns {HTMLElement} a new turn's text */
function turn(kind, text) {
  const row = document.createElement("div");
  row.className = kind === "user" ? "chat__turn chat__turn--user" : "chat__turn";
  const words = document.createElement("p");
  words.className = "chat__text";
  words.textContent = text;
  row.append(words);
  return row;
}

/** @param {string} data @returns {any} */
function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** @param {[string, number]} used @returns {string} such as "1 request" or "14 ms of compute" */
function measured([name, count]) {
  const amount = count.toLocaleString("en-US");
  if (name.startsWith("compute_ms")) return `${amount} ms of compute`;
  const words = name.replaceAll("_", " ");
  return `${amount} ${count === 1 ? words.replace(/s$/, "") : words}`;
}

/** @param {{amount: string, currency: string}} cost @returns {string} */
function money({ amount, currency }) {
  return `${currency === "USD" ? `$${amount}` : `${amount} ${currency}`} of test money`;
}

/** @param {any} prediction @returns {HTMLElement} what the call cost, and the way to its trace */
function facts(prediction) {
  const line = document.createElement("p");
  line.className = "soft small";
  const usage = Object.entries(prediction.usage ?? {}).map(measured);
  const cost = prediction.cost ? money(prediction.cost) : "";
  line.textContent = [cost, ...usage].filter(Boolean).join(" · ") + " ";
  const link = document.createElement("a");
  link.href = `/predictions/${prediction.id}/`;
  link.textContent = "Open the trace";
  line.append(link);
  return line;
}

/** @param {HTMLFormElement} form */
function converse(form) {
  const log = document.querySelector("[data-chat-log]");
  const message = form.elements.namedItem("text");
  const history = form.querySelector("[data-chat-history]");
  const turns = [];
  let asked = "";
  let answers = 0;
  form.action = form.dataset.streamUrl;
  form.addEventListener("stream:start", () => {
    asked = message.value.trim();
    log.querySelector("[data-chat-empty]")?.remove();
    const answer = turn("assistant", "");
    answer.firstChild.id = `try-answer-${answers++}`;
    log.append(turn("user", asked), answer);
    form.dataset.stream = `#${answer.firstChild.id}`;
  });
  form.addEventListener("stream:event", ({ detail }) => {
    log.scrollTop = log.scrollHeight;
    if (detail.name !== "done") return;
    const prediction = parsed(detail.data);
    if (prediction) document.querySelector("[data-chat-facts]").replaceChildren(facts(prediction));
  });
  const explain = (words) => {
    const answer = document.querySelector(form.dataset.stream);
    answer.className = "chat__text chat__text--error";
    answer.textContent = `${words} Your message is still below: change it, or send it again.`;
  };
  form.addEventListener("stream:error", ({ detail }) => explain(detail.message));
  form.addEventListener("stream:done", ({ detail }) => {
    if (!detail.text) return explain(detail.message ?? "The answer is empty.");
    turns.push({ role: "user", content: asked }, { role: "assistant", content: detail.text });
    history.value = JSON.stringify(turns);
    message.value = "";
    message.focus();
  });
}

for (const form of document.querySelectorAll("form[data-chat]")) converse(form);
