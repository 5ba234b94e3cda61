/**
 * Streams an answer into the page.
 *
 * `<form data-stream="#answer">` posts itself with fetch and reads server-sent events.
 * Text arrives as events named "output" (plain text) or as OpenAI chunks; it is only ever
 * added as text. Inside the form: [data-stream-send], [data-stream-stop] (hidden until
 * running), [data-stream-status] (announced). The form fires "stream:start",
 * "stream:event" ({name, data}), "stream:done" ({text, last}) and "stream:error" ({message}).
 */

/** @typedef {{name: string, data: string}} StreamEvent */

/** @param {string} block @returns {StreamEvent} */
export function parseEvent(block) {
  const data = [];
  let name = "message";
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return { name, data: data.join("\n") };
}

/** @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<StreamEvent>} */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest = (rest + (value ?? "")).replace(/\r\n|\r(?!$)/g, "\n");
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) if (block.trim()) yield parseEvent(block);
    if (done) break;
  }
  if (rest.trim()) yield parseEvent(rest);
}

/** @param {string} data @returns {any} the object in data, or null */
function objectIn(data) {
  if (!data.startsWith("{")) return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** @param {StreamEvent} event @returns {string} the text that the event adds */
export function textOf({ name, data }) {
  if (name === "output") return objectIn(data)?.text ?? data;
  if (name !== "message" || data === "[DONE]") return "";
  return objectIn(data)?.choices?.[0]?.delta?.content ?? "";
}

/** @param {Response} response @returns {Promise<string>} why it was refused */
async function refusal(response) {
  const body = objectIn(await response.text());
  return body?.detail ?? body?.error?.message ?? `The server answered ${response.status}.`;
}

/** One form and its answer. */
class Stream {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.send = form.querySelector("[data-stream-send]");
    this.stop = form.querySelector("[data-stream-stop]");
    this.status = form.querySelector("[data-stream-status]");
    form.addEventListener("submit", (event) => this.start(event));
    this.stop?.addEventListener("click", () => this.control?.abort());
  }

  /** The place of the answer; a listener of "stream:start" may have pointed to a new one. */
  get target() {
    return document.querySelector(this.form.dataset.stream);
  }

  /** @param {SubmitEvent} event */
  async start(event) {
    event.preventDefault();
    if (this.control) return;
    this.control = new AbortController();
    const body = new FormData(this.form, event.submitter);
    this.fire("start", {});
    this.show(true);
    this.target.textContent = "";
    try {
      await this.read(await this.post(body));
    } catch (error) {
      this.fail(error);
    } finally {
      this.control = null;
      this.show(false);
    }
  }

  /** @param {FormData} body */
  post(body) {
    return fetch(this.form.action, {
      method: "POST",
      body,
      signal: this.control.signal,
      headers: {
        Accept: "text/event-stream",
        "X-CSRFToken": this.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "",
      },
    });
  }

  /** @param {Response} response */
  async read(response) {
    if (!response.ok || !response.body) throw new Error(await refusal(response));
    const answer = this.target;
    let last = null;
    for await (const event of eventsOf(response.body)) {
      this.fire("event", event);
      if (event.name === "error") throw new Error(objectIn(event.data)?.detail ?? event.data);
      answer.append(textOf(event));
      last = event;
    }
    this.say("The answer is complete.");
    this.fire("done", { text: answer.textContent, last });
  }

  /** @param {Error} error */
  fail(error) {
    const isStopped = error.name === "AbortError";
    const message = isStopped ? "Stopped." : error.message;
    this.say(message);
    this.fire(isStopped ? "done" : "error", { message, text: this.target.textContent, last: null });
    if (isStopped) return;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: message, tone: "danger" } }));
  }

  /** @param {boolean} isRunning */
  show(isRunning) {
    this.target.toggleAttribute("data-streaming", isRunning);
    this.send?.setAttribute("aria-busy", String(isRunning));
    if (this.stop) this.stop.hidden = !isRunning;
    if (isRunning) this.say("The answer is being written.");
  }

  /** @param {string} words */
  say(words) {
    if (this.status) this.status.textContent = words;
  }

  /** @param {string} name @param {object} detail */
  fire(name, detail) {
    this.form.dispatchEvent(new CustomEvent(`stream:${name}`, { bubbles: true, detail }));
  }
}

/** @param {ParentNode} part */
function prepare(part) {
  for (const form of part.querySelectorAll("form[data-stream]:not([data-ready])")) {
    form.dataset.ready = "";
    new Stream(form);
  }
}

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
