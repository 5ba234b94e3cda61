/**
 * Takes a recording from a file or the microphone, as the WAV file that models read.
 *
 * `[data-sound]` holds `<input type="file">`, the checkbox `[data-sound-sample]`, the player
 * `[data-sound-player]`, `[data-sound-status]` (announced) and `[data-sound-recorder]`, which
 * is shown where there can be a microphone: `[data-sound-record]`, `[data-sound-stop]` and
 * `[data-sound-clock]`. Without this module a WAV file and the sample can be sent all the same.
 */

const RATE = 16000;
const LONGEST_SECONDS = 300;
const REFUSALS = {
  NotAllowedError: "The microphone may not be used here. Choose a file instead.",
  NotFoundError: "No microphone was found. Choose a file instead.",
};

/** @param {Float32Array} samples from -1 to 1 @returns {Blob} a WAV file of 16 bits */
export function wavOf(samples, rate = RATE) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (place, text) => [...text].forEach((one, i) => view.setUint8(place + i, one.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((one, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, one)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

/** @param {Blob} blob any sound the browser can play @returns {Promise<Blob>} */
export async function converted(blob) {
  const reader = new OfflineAudioContext(1, 1, RATE);
  const heard = await reader.decodeAudioData(await blob.arrayBuffer());
  const mixer = new OfflineAudioContext(1, Math.max(1, Math.ceil(heard.duration * RATE)), RATE);
  const source = mixer.createBufferSource();
  source.buffer = heard;
  source.connect(mixer.destination);
  source.start();
  const mixed = await mixer.startRendering();
  return wavOf(mixed.getChannelData(0));
}

/** @param {File} file @returns {Promise<boolean>} whether it is a WAV file of 16-bit PCM */
async function isReadable(file) {
  const head = new DataView(await file.slice(0, 36).arrayBuffer());
  if (head.byteLength < 36 || head.getUint32(0) !== 0x52494646) return false;
  return head.getUint16(20, true) === 1 && head.getUint16(34, true) === 16;
}

/** A recording in progress. */
class Recording {
  /** @param {MediaStream} stream */
  constructor(stream) {
    this.stream = stream;
    this.recorder = new MediaRecorder(stream);
    this.parts = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => this.parts.push(data));
    this.startedAt = performance.now();
    this.recorder.start();
  }

  get seconds() {
    return Math.floor((performance.now() - this.startedAt) / 1000);
  }

  /** @returns {Promise<Blob>} what was recorded, as the browser wrote it */
  end() {
    const ended = new Promise((resolve) => {
      this.recorder.addEventListener("stop", () => resolve(new Blob(this.parts)), { once: true });
    });
    this.recorder.stop();
    for (const track of this.stream.getTracks()) track.stop();
    return ended;
  }
}

/** The part of a form that takes a recording. */
class Sound {
  /** @param {HTMLElement} place */
  constructor(place) {
    const find = (name) => place.querySelector(`[data-sound-${name}]`);
    this.input = place.querySelector("input[type=file]");
    this.player = find("player");
    this.sample = find("sample");
    this.status = find("status");
    this.clock = find("clock");
    [this.record, this.stop] = [find("record"), find("stop")];
    this.example = this.player.src;
    this.input.addEventListener("change", () => this.choose(this.input.files[0]));
    this.sample.addEventListener("change", () => this.useSample());
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
    find("recorder").hidden = false;
    this.record.addEventListener("click", () => this.begin());
    this.stop.addEventListener("click", () => this.end());
  }

  useSample() {
    if (!this.sample.checked) return;
    this.input.value = "";
    this.play(this.example, "The example will be sent.");
  }

  /** @param {File | undefined} file */
  async choose(file) {
    if (!file) return;
    this.sample.checked = false;
    if (await isReadable(file)) this.play(URL.createObjectURL(file), `${file.name} will be sent.`);
    else await this.take(file, file.name);
  }

  /** Put a sound that needs converting into the form. @param {Blob} blob @param {string} name */
  async take(blob, name) {
    try {
      const wav = await converted(blob);
      const carrier = new DataTransfer();
      carrier.items.add(new File([wav], "recording.wav", { type: "audio/wav" }));
      this.input.files = carrier.files;
      this.sample.checked = false;
      this.play(URL.createObjectURL(wav), `${name} is ready to be sent.`);
    } catch {
      this.input.value = "";
      this.say(`${name} cannot be read as sound. Choose a WAV file.`);
    }
  }

  async begin() {
    try {
      this.recording = new Recording(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (error) {
      this.say(REFUSALS[error.name] ?? "The microphone cannot be used. Choose a file instead.");
      return;
    }
    this.show(true);
    this.stop.focus();
    this.say("Recording. Press Stop to end.");
    this.timer = setInterval(() => this.tick(), 500);
  }

  tick() {
    this.clock.textContent = `${this.recording.seconds} s`;
    if (this.recording.seconds >= LONGEST_SECONDS) this.end();
  }

  async end() {
    const recording = this.recording;
    if (!recording) return;
    this.recording = null;
    clearInterval(this.timer);
    this.show(false);
    this.record.focus();
    await this.take(await recording.end(), "The recording");
  }

  /** @param {boolean} isRecording */
  show(isRecording) {
    this.record.hidden = isRecording;
    this.stop.hidden = !isRecording;
    this.clock.textContent = "";
  }

  /** @param {string} source @param {string} words */
  play(source, words) {
    if (this.player.src.startsWith("blob:")) URL.revokeObjectURL(this.player.src);
    this.player.src = source;
    this.say(words);
  }

  /** @param {string} words */
  say(words) {
    this.status.textContent = words;
  }
}

/** @param {ParentNode} part */
function prepare(part) {
  for (const place of part.querySelectorAll("[data-sound]:not([data-ready])")) {
    place.dataset.ready = "";
    new Sound(place);
  }
}

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
