/**
 * Sends the files of a version in parts, and goes on after a break.
 *
 * `form[data-upload]` has `data-open-url` (a new upload) or `data-submission-url` (one that
 * was begun). Inside: `[data-dropzone]` around a file input, `[data-files]` with one
 * `.upload-file` per file, `template[data-file-row]`, `[data-status]`, `[data-send]`.
 */

import { sha256Of } from "./sha256.js";

const PART = 8 * 1024 * 1024;
const TRIES = 6;
// Refusals of the whole request that one field of the form is the cause of.
const FIELDS = {
  "authoring.number_taken": "number",
  "catalog.no_such_model": "base",
  "catalog.no_such_version": "base",
};

class Refused extends Error {
  /** @param {{code?: string, detail?: string, errors?: {field: string, message: string}[]}} problem */
  constructor(problem) {
    super(problem.detail ?? "That did not work. Try again in a moment.");
    const field = FIELDS[problem.code];
    this.errors = field ? [{ field, message: problem.detail }] : (problem.errors ?? []);
  }
}

class Upload {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.list = form.querySelector("[data-files]");
    this.url = form.dataset.submissionUrl ?? "";
    this.isSending = false;
    for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;
    this.input.addEventListener("change", () => this.show());
    form.addEventListener("submit", (event) => this.submit(event));
    this.listenForDrops(form.querySelector("[data-dropzone]"));
    addEventListener("beforeunload", (event) => this.isSending && event.preventDefault());
  }

  /** @param {HTMLElement} zone */
  listenForDrops(zone) {
    const over = (isOver) => zone.classList.toggle("dropzone--over", isOver);
    zone.addEventListener("dragover", (event) => (event.preventDefault(), over(true)));
    zone.addEventListener("dragleave", () => over(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const all = new DataTransfer();
      const dropped = [...event.dataTransfer.files];
      const names = new Set(dropped.map((file) => file.name));
      const kept = [...this.input.files].filter((file) => !names.has(file.name));
      for (const file of [...kept, ...dropped]) all.items.add(file);
      this.input.files = all.files;
      this.show();
    });
  }

  show() {
    for (const row of this.list.querySelectorAll(".upload-file:not([data-sha256])")) row.remove();
    for (const file of this.input.files) {
      const row = this.rowOf(file.name);
      row.querySelector("progress").max = file.size || 1;
      if (!row.dataset.sha256) this.say(row, readableBytes(file.size));
    }
  }

  /** @param {string} name @returns {HTMLElement} */
  rowOf(name) {
    const rows = [...this.list.querySelectorAll(".upload-file")];
    return rows.find((row) => row.dataset.path === name) ?? this.addRow(name);
  }

  /** @param {string} name @returns {HTMLElement} */
  addRow(name) {
    const row = this.form
      .querySelector("template[data-file-row]")
      .content.firstElementChild.cloneNode(true);
    row.dataset.path = name;
    row.querySelector(".upload-file__name").textContent = name;
    row.querySelector("progress").setAttribute("aria-label", name);
    this.list.append(row);
    return row;
  }

  say(row, text, isWrong = false) {
    row.querySelector("[data-state]").textContent = text;
    row.classList.toggle("upload-file--wrong", isWrong);
  }

  status(text, isWrong = false) {
    const line = this.form.querySelector("[data-status]");
    line.textContent = text;
    line.classList.toggle("upload-status--wrong", isWrong);
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    if (this.isSending) return;
    this.unmark();
    this.setSending(true);
    const wrong = await this.run([...this.input.files]).catch((error) => error);
    this.setSending(false);
    if (wrong) this.complain(wrong);
  }

  setSending(isSending) {
    this.isSending = isSending;
    this.form.querySelector("[data-send]").disabled = isSending;
  }

  /** @param {unknown} error */
  complain(error) {
    const problems = error instanceof Refused ? error.errors : [];
    const others = [];
    let [hasFiles, hasFields] = [false, false];
    for (const { field, message } of problems) {
      const [row, input] = [this.rowOfProblem(field), this.form.elements[field]];
      if (row) hasFiles = this.say(row, message, true) ?? true;
      else if (input) hasFields = this.mark(input, message) ?? true;
      else others.push(message);
    }
    if (hasFields) others.push("See the fields that are marked.");
    if (hasFiles) others.push("Some files are not taken.");
    this.status(others.join(" ") || error.message, true);
    const first = this.form.querySelector("[aria-invalid='true']");
    (first ?? (hasFiles ? this.input : this.form.querySelector("[data-send]"))).focus();
  }

  /** Says what is wrong with a field, beside it. @param {HTMLElement} input */
  mark(input, message) {
    const list = document.createElement("ul");
    list.className = "errorlist field__errors";
    list.id = `${input.id}_wrong`;
    list.dataset.marked = "";
    const line = Object.assign(document.createElement("li"), { textContent: message });
    line.className = "field__error";
    list.append(line);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-errormessage", list.id);
    input.closest(".field").classList.add("field--error");
    input.closest(".field").append(list);
  }

  unmark() {
    for (const list of this.form.querySelectorAll("[data-marked]")) list.remove();
    for (const field of this.form.querySelectorAll(".field--error")) {
      field.classList.remove("field--error");
      field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    }
  }

  rowOfProblem(field) {
    const place = /^files\.(\d+)\./.exec(field)?.[1];
    return place === undefined ? null : this.rowOf(this.input.files[Number(place)].name);
  }

  /** @param {File[]} files */
  async run(files) {
    const specs = [];
    for (const file of files) specs.push(await this.specOf(file));
    if (!this.url) await this.open(specs);
    for (const [place, file] of files.entries()) await this.send(file, specs[place]);
    this.status("All is here. The checks begin.");
    await this.ask(`${this.url}/complete`, { method: "POST" });
    this.isSending = false;
    location.assign(this.pageUrl());
  }

  pageUrl() {
    return `/desk/uploads/${this.url.split("/").pop()}/`;
  }

  /** @param {File} file */
  async specOf(file) {
    const row = this.rowOf(file.name);
    const meter = row.querySelector("progress");
    this.status(`Reading ${file.name}`);
    this.say(row, "reading");
    const sha256 = await sha256Of(file, (done) => (meter.value = done));
    meter.value = Number(row.dataset.received ?? 0);
    if (row.dataset.sha256 && row.dataset.sha256 !== sha256) {
      this.say(row, "This is not the file that was announced: its SHA-256 differs.", true);
      throw new Error("Choose the same files as before, or abandon this upload.");
    }
    this.say(row, readableBytes(file.size));
    return { path: file.name, size: file.size, sha256 };
  }

  /** @param {{path: string, size: number, sha256: string}[]} files */
  async open(files) {
    const fields = new FormData(this.form);
    const sent = {
      number: fields.get("number"),
      notes: fields.get("notes"),
      publish_when_passed: fields.has("publish_when_passed"),
      files,
    };
    for (const name of ["base", "relation"]) {
      if (fields.get(name)) sent[name] = fields.get(name);
    }
    const made = await this.ask(this.form.dataset.openUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(sent),
    });
    this.url = `/api/v1/submissions/${(await made.json()).id}`;
    history.replaceState(null, "", this.pageUrl());
  }

  /** @param {File} file @param {{path: string, size: number}} spec */
  async send(file, spec) {
    const row = this.rowOf(file.name);
    const meter = row.querySelector("progress");
    const url = `${this.url}/files/${encodeURIComponent(spec.path)}`;
    let at = Number((await this.ask(url, {})).headers.get("Upload-Offset"));
    this.status(`Sending ${file.name}`);
    while (at < spec.size) {
      at = await this.sendPart(url, file, at);
      meter.value = at;
      this.say(row, `${readableBytes(at)} of ${readableBytes(spec.size)}`);
    }
    meter.value = spec.size;
    this.say(row, `${readableBytes(spec.size)}, all here`);
  }

  /** @returns {Promise<number>} where the next part begins */
  async sendPart(url, file, at) {
    const end = Math.min(at + PART, file.size);
    const answer = await this.ask(
      url,
      {
        method: "PUT",
        headers: {
          "Content-Type": "application/octet-stream",
          "Content-Range": `bytes ${at}-${end - 1}/${file.size}`,
        },
        body: file.slice(at, end),
      },
      [409],
    );
    const next = answer.headers.get("Upload-Offset");
    if (next === null) throw new Refused(await answer.json().catch(() => ({})));
    return Number(next);
  }

  /** Asks, and again after a growing while when the network or the server fails. */
  async ask(url, options, expected = []) {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { ...options.headers, "X-CSRFToken": token };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(url, { ...options, headers }).catch(() => null);
      if (answer && (answer.ok || expected.includes(answer.status))) return answer;
      if (answer && answer.status < 500 && answer.status !== 429) {
        throw new Refused(await answer.json().catch(() => ({})));
      }
      if (attempt === TRIES) throw new Error("The connection is lost. Press the button to go on.");
      this.status("The connection is lost; trying again.", true);
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

/** @param {number} count */
function readableBytes(count) {
  for (const [size, unit] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) {
    if (count >= size) return `${Number((count / size).toPrecision(3))} ${unit}`;
  }
  return `${count} bytes`;
}

for (const form of document.querySelectorAll("form[data-upload]")) new Upload(form);
