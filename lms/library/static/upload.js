// Uploads by tus 1.0: pieces with checksums, resumed after a lost connection or a closed window; one after the other.
const LATER = [1, 2, 4, 8, 15, 30]; // seconds before the next try
const MOST_FILES = 60_000;
const LITTER = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$|(^|\/)(__MACOSX|\.git)\//;

const PARTS = /(^|\/)(imsmanifest\.xml|cmi5\.xml|tincan\.xml|h5p\.json|khue\.yaml)$|\.(html?|js|css|vtt)$/i;

const root = document.querySelector("[data-uploader]");
const find = (name, within = root) => within.querySelector(`[data-${name}]`);
const words = root ? JSON.parse(root.dataset.words) : {};
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const { amount, number, percent, send: sendPlainly, Lost, Stopped } = root ? await import(root.dataset.sending) : {};

class Refused extends Error {} // it makes no sense to try again by itself; after Lost it does, later

// -- requests -------------------------------------------------------------------------------------------------------

function send(method, url, headers, options) {
  const all = { "Tus-Resumable": "1.0.0", "X-CSRFToken": root.dataset.token, Accept: "application/json", ...headers };
  return sendPlainly(method, url, all, options);
}

function judge(request, wanted) {
  if (wanted.includes(request.status)) return request;
  if (request.status === 401) throw new Refused(say("signed_out"));
  if (request.status >= 500 || [404, 408, 409, 410, 460].includes(request.status)) throw new Lost();
  let told = null;
  try { told = JSON.parse(request.responseText).error; } catch { /* no words */ }
  throw new Refused(told || say("refused", { status: request.status }));
}

async function digest(bytes) {
  if (!crypto.subtle) return {}; // only where the connection is secure
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...sum))}` };
}

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// -- what this browser remembers ------------------------------------------------------------------------------------

const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* it will begin anew after all */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing is kept */ } },
};

// -- one upload -----------------------------------------------------------------------------------------------------

class Upload {
  constructor({ blob, name, modified, title }) {
    const institution = find("institution").value;
    const package_ = find("package").value;
    Object.assign(this, { blob, name, size: blob.size, offset: null, paused: false, over: false, samples: [] });
    this.metadata = { filename: name, title, institution, package: package_ };
    this.key = `khue-upload:${[root.dataset.account, institution, package_, name, this.size, modified].join(":")}`;
    this.url = memory.get(this.key);
    this.line = this.draw();
    this.tell(say("waiting"));
  }

  draw() {
    const line = find("task").content.firstElementChild.cloneNode(true);
    find("name", line).textContent = this.name;
    find("bar", line).ariaLabel = this.name;
    for (const [name, act] of [["pause", () => this.pause()], ["go", () => this.go()], ["cancel", () => this.cancel()]]) {
      const button = find(name, line);
      button.ariaLabel = `${button.textContent}: ${this.name}`;
      button.addEventListener("click", act);
    }
    find("tasks").append(line);
    find("few").hidden = false;
    count();
    return line;
  }

  tell(text) { find("line", this.line).textContent = text; }

  async run() {
    announce("started", { name: this.name });
    for (let failures = 0; !this.over; ) {
      try {
        if (this.paused) await new Promise((resolve) => { this.wake = resolve; });
        if (this.over) return;
        this.stop = new AbortController();
        const before = this.offset;
        await this.forward();
        if (this.offset === this.size) return this.arrived();
        if (this.offset !== before) failures = 0;
      } catch (error) {
        if (error instanceof Stopped) continue;
        if (error instanceof Lost) {
          this.offset = null;
          this.tell(say("retrying"));
          await this.later(LATER[Math.min(failures, LATER.length - 1)]);
          failures += 1;
        } else this.fail(error instanceof Refused ? error.message : say("changed"));
      }
    }
  }

  // One step: learn where the server is, or send the next piece.
  async forward() {
    if (this.offset !== null) return this.piece();
    if (this.url) await this.ask();
    if (!this.url) await this.begin();
    this.samples = [];
    this.show(0);
  }

  async ask() {
    const answer = await send("HEAD", this.url, {}, { signal: this.stop.signal });
    if ([403, 404, 410].includes(answer.status)) {
      memory.drop(this.key);
      this.url = null;
      return;
    }
    this.offset = Number(judge(answer, [200]).getResponseHeader("Upload-Offset"));
    document.getElementById(`upload-${this.url.split("/").pop()}`)?.closest("li")?.remove();
    announce("resumed", { name: this.name, percent: percent(this.offset / this.size) });
  }

  async begin() {
    const pairs = Object.entries(this.metadata).filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`);
    const headers = { "Upload-Length": this.size, "Upload-Metadata": pairs.join(",") };
    const answer = judge(await send("POST", root.dataset.url, headers, { signal: this.stop.signal }), [201]);
    this.url = answer.getResponseHeader("Location");
    this.offset = 0;
    memory.set(this.key, this.url);
  }

  async piece() {
    const bytes = await this.blob.slice(this.offset, this.offset + Number(root.dataset.piece)).arrayBuffer();
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": this.offset, ...(await digest(bytes)) };
    const options = { body: bytes, signal: this.stop.signal, progress: (loaded) => this.show(Math.min(loaded, bytes.byteLength)) };
    const answer = judge(await send("PATCH", this.url, headers, options), [204]);
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.show(0);
  }

  show(under) {
    const done = (this.offset ?? 0) + under;
    const now = performance.now();
    this.samples = [...this.samples.filter(([at]) => now - at < 15_000), [now, done]];
    const [[since, from]] = this.samples;
    const speed = now - since > 1500 ? (done - from) / ((now - since) / 1000) : 0;
    const told = [say("sending", { done: amount(done), total: amount(this.size) })];
    if (speed > 0) told.push(say("speed", { speed: amount(speed) }), remaining((this.size - done) / speed));
    find("bar", this.line).value = done / this.size;
    this.tell(told.join(" · "));
  }

  // Wait, unless the connection comes back, or somebody presses a button, before.
  later(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000 * (0.75 + Math.random() / 2));
      this.wake = () => { clearTimeout(timer); resolve(); };
      addEventListener("online", this.wake, { once: true });
    });
  }

  pause() {
    this.paused = true;
    this.offset = null;
    this.buttons();
    this.tell(say("paused", { percent: percent(find("bar", this.line).value) }));
    this.stop?.abort();
    this.wake?.();
  }

  go() {
    this.paused = false;
    find("fault", this.line).hidden = true;
    this.buttons();
    this.wake?.();
  }

  fail(message) {
    this.paused = true;
    this.offset = null;
    const fault = find("fault", this.line);
    fault.textContent = message;
    fault.hidden = false;
    this.tell("");
    this.buttons();
    announce(null, message);
    if (!waiting.includes(this)) setTimeout(next); // the others need not wait for it
  }

  buttons() {
    find("pause", this.line).hidden = this.paused;
    find("go", this.line).hidden = !this.paused;
  }

  cancel() {
    this.over = true;
    this.stop?.abort();
    this.wake?.();
    memory.drop(this.key);
    if (this.url) send("DELETE", this.url, {}).catch(() => {}); // the server forgets it by itself in the end
    this.line.remove();
    count();
    announce("cancelled");
  }

  arrived() {
    this.over = true;
    memory.drop(this.key);
    announce("arrived", { name: this.name });
    htmx.ajax("GET", this.url, { target: this.line, swap: "innerHTML" });
  }
}

// How many of the files that were sent from this page were taken in.
function count() {
  const total = find("tasks").children.length;
  const of = (...states) => number(states.reduce((sum, state) => sum + root.querySelectorAll(`[data-tasks] [data-state="${state}"]`).length, 0));
  find("tally").hidden = total < 2;
  const told = say("tally", { taken: of("taken"), total: number(total), refused: of("refused", "broken_off") });
  if (find("tally").textContent !== told) find("tally").textContent = told;
}

function remaining(seconds) {
  if (seconds < 90) return say("seconds", { number: number(Math.max(1, seconds)) });
  return seconds < 5400 ? say("minutes", { number: number(seconds / 60) }) : say("hours", { number: number(seconds / 3600, 1) });
}

function announce(key, values) { find("said").textContent = key ? say(key, values) : values; }

// -- one after the other --------------------------------------------------------------------------------------------

const waiting = [];
const running = new Set();

async function next() {
  const active = [...running].some((one) => !one.paused);
  const upload = active ? null : waiting.shift();
  if (!upload) return;
  if (upload.over) return next();
  running.add(upload);
  await upload.run();
  running.delete(upload);
  next();
}

function add(file) {
  if (!file.blob.size) return complain(say("empty"));
  if (file.blob.size > Number(root.dataset.largest)) return complain(say("large", { size: "4 GB" }));
  complain("");
  waiting.push(new Upload(file));
  next();
}

function complain(text) {
  const note = find("complaint");
  note.textContent = text;
  note.hidden = !text;
}

const title = () => { const input = root.querySelector("[name=title]"); const text = input?.value ?? ""; if (input) input.value = ""; return text; };
const single = (file, name) => ({ blob: file, name: file.name, modified: file.lastModified, title: name });

async function together(entries, name) {
  const kept = entries.filter(({ path }) => !LITTER.test(path));
  if (kept.length > MOST_FILES) return complain(say("many"));
  if (!kept.length) return complain(say("empty"));
  if (kept.reduce((sum, { file }) => sum + file.size, 0) > Number(root.dataset.largest)) return complain(say("large", { size: "4 GB" }));
  complain(say("preparing", { name }));
  try {
    const { zipped } = await import(root.dataset.zip);
    const blob = await zipped(kept);
    add({ blob, name: `${name}.zip`, modified: Math.max(...kept.map(({ file }) => file.lastModified)), title: title() });
  } catch { complain(say("changed")); }
}

// -- choosing -------------------------------------------------------------------------------------------------------

function choose(files) {
  if (files.length === 1) return add(single(files[0], title()));
  if (!files.length) return complain(say("empty"));
  const entries = files.map((file) => ({ path: file.name, file }));
  ask(entries, files[0].name.replace(/\.[^.]*$/, ""), say("several", { number: number(files.length) }));
}

function ask(entries, name, question) {
  const several = find("several");
  several.hidden = false;
  find("several-words").textContent = question;
  const close = (act) => () => { several.hidden = true; act(); };
  if (find("each")) find("each").onclick = close(() => { for (const { file } of entries) add(single(file, "")); });
  find("together").onclick = close(() => together(entries, name));
  find("neither").onclick = close(() => {});
  several.querySelector("button").focus();
}

function chooseFolder(files) {
  if (!files.length) return;
  const [name] = files[0].webkitRelativePath.split("/");
  folderOf(files.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1), file })), name);
}

// A folder with a manifest or pages is one package; of mixed files only whoever sends them knows.
function folderOf(entries, name) {
  const kept = entries.filter(({ path }) => !LITTER.test(path));
  if (kept.length === 1) return add(single(kept[0].file, title()));
  if (!kept.length || kept.some(({ path }) => PARTS.test(path))) return together(entries, name);
  return ask(kept, name, say("folder", { name, number: number(kept.length) }));
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return choose([...transfer.files]);
  const found = [];
  const [only] = entries;
  const base = entries.length === 1 ? only.fullPath.length + 1 : 1;
  try { for (const entry of entries) await walk(entry, base, found); } catch { return complain(say("changed")); }
  return folderOf(found, only.name);
}

async function walk(entry, base, found) {
  if (found.length > MOST_FILES) return;
  if (entry.isFile) {
    found.push({ path: entry.fullPath.slice(base), file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!batch.length) return;
    for (const one of batch) await walk(one, base, found);
  }
}

// -- many packages ---------------------------------------------------------------------------------------------------

function tickAll(event) {
  const boxes = [...document.querySelectorAll('[form="chosen"][name="package"]')];
  const tick = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = tick;
  event.target.setAttribute("aria-pressed", tick);
}

// -- the page -------------------------------------------------------------------------------------------------------

if (root) {
  for (const part of root.querySelectorAll("[data-scripted]")) part.hidden = false;
  find("plain").hidden = true;
  const files = find("files");
  const folder = find("folder-input");
  const drop = find("drop");
  files.multiple = true;
  files.addEventListener("change", () => { const chosen = [...files.files]; files.value = ""; if (chosen.length) choose(chosen); });
  find("folder").addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => { const chosen = [...folder.files]; folder.value = ""; chooseFolder(chosen); });
  find("form").addEventListener("submit", (event) => event.preventDefault());
  let over = 0;
  const mark = (by) => { over = Math.max(0, over + by); drop.classList.toggle("drop-over", over > 0); };
  addEventListener("dragenter", () => mark(1));
  addEventListener("dragleave", () => mark(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => { event.preventDefault(); mark(-over); dropped(event.dataTransfer); });
  new MutationObserver(count).observe(find("tasks"), { childList: true, subtree: true });
  addEventListener("beforeunload", (event) => { if ([...running].some((one) => !one.paused)) event.preventDefault(); });
}

for (const button of document.querySelectorAll("[data-tick-all]")) button.hidden = false;
document.addEventListener("htmx:afterSettle", () => { for (const button of document.querySelectorAll("[data-tick-all]")) button.hidden = false; });
document.addEventListener("click", (event) => { if (event.target.closest("[data-tick-all]")) tickAll(event); });
