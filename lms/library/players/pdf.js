// A PDF: continuous or page by page, with zoom, search, selectable text and links; done when every page was seen.
import { el, fault, icon, notice, tool, word } from "./dom.js";
import { Finder } from "./pdf_search.js";
import { numbers, ranges } from "./segments.js";
import { Sheet } from "./pdf_sheet.js";
import { config, duration, leave, report, state, status } from "./xapi.js";

const LIBRARY = new URL("pdfjs/", import.meta.url).href;
const LOOK = 2000; // ms in view after which a page counts as seen
const TICK = 250;
const STEP = 5; // per cent between two reports
const SCALES = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const WIDEST = 1.5; // at which pages are fitted to the window
const KEPT = 8; // pages drawn at a time, around the one in view

if (config.kind === "pdf") show(config.base + config.file);

/** Show a document in the page's main element, and tell how far it was read. */
export async function show(url) {
  const place = document.querySelector("main");
  const download = config.properties.download === true ? config.base + config.file : null;
  try {
    const pdfjs = await import(`${LIBRARY}build/pdf.min.mjs`);
    pdfjs.GlobalWorkerOptions.workerSrc = `${LIBRARY}build/pdf.worker.min.mjs`;
    const [pdf, saved] = await Promise.all([open(pdfjs, url), state.get("reading")]);
    await new Viewer(pdfjs, pdf, place, download).start(saved);
  } catch (problem) {
    console.warn(problem);
    fault(place, "cannot_open_pdf", download);
  }
}

// Nothing in a document is run: the sandbox for its scripts is never loaded, and forms are pictures.
function open(pdfjs, url) {
  return pdfjs.getDocument({
    url, rangeChunkSize: 262_144, disableStream: true, disableAutoFetch: true,
    cMapUrl: `${LIBRARY}cmaps/`, cMapPacked: true, standardFontDataUrl: `${LIBRARY}standard_fonts/`,
    wasmUrl: `${LIBRARY}wasm/`, iccUrl: `${LIBRARY}iccs/`,
    isEvalSupported: false, enableXfa: false, disableWorkerRendering: true, stopAtErrors: false, maxImageSize: 100_000_000,
  }).promise;
}

class Viewer {
  constructor(pdfjs, pdf, place, download) {
    this.pdfjs = pdfjs;
    this.pdf = pdf;
    this.seen = new Set();
    this.looked = new Map();
    this.page = 1;
    this.scale = null; // null: as wide as the window
    this.told = 0;
    this.done = false;
    this.settled = 0;
    this.sheet = el("div", { className: "pages", tabIndex: 0, role: "region", "aria-label": word("document") });
    this.number = el("input", { type: "text", inputMode: "numeric", id: "page-number", value: "1", autocomplete: "off", "aria-label": word("page_number") });
    this.size = el("output", { className: "size" });
    this.finder = new Finder(pdf, (hit) => this.reveal(hit));
    place.replaceChildren(this.sheet);
    place.classList.add("fill");
    this.bar(download);
  }

  async start(saved) {
    const first = await this.pdf.getPage(1);
    this.sheets = Array.from({ length: this.pdf.numPages }, (_, place) => new Sheet(this, place + 1, first));
    this.sheet.append(...this.sheets.map((sheet) => sheet.box));
    this.seen = numbers(saved?.seen, this.pdf.numPages);
    this.done = saved?.completed === true;
    this.told = this.percent();
    this.fit();
    this.listen();
    report("initialized");
    leave(() => {
      this.save();
      report("terminated", { duration: duration() }, { progress: this.percent() });
    });
    this.go(Number(saved?.page) || 1);
    if (this.told) status(this.done, null, this.told);
    setInterval(() => this.tick(), TICK);
  }

  listen() {
    this.sheet.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.fit()).observe(this.sheet);
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.save(); });
  }

  // -- the bar --------------------------------------------------------------------------------------------------------

  bar(download) {
    const group = (...parts) => el("div", { className: "group" }, ...parts);
    this.mode = tool("single", "one_page", () => this.single(!this.isSingle()), { "aria-pressed": "false" });
    const seek = tool("search", "search", () => this.finder.toggle(), { "aria-expanded": "false", "aria-controls": "finder" });
    const parts = [
      group(
        tool("previous", "previous_page", () => this.go(this.page - 1)),
        this.number, el("span", { className: "of" }, `/ ${this.pdf.numPages}`),
        tool("next", "next_page", () => this.go(this.page + 1)),
      ),
      group(tool("out", "zoom_out", () => this.zoom(-1)), this.size, tool("in", "zoom_in", () => this.zoom(1)), tool("fit", "fit_width", () => this.rescale(null))),
      group(this.mode, seek),
    ];
    if (download) parts.at(-1).append(el("a", { className: "tool", href: download, download: "", title: word("download"), "aria-label": word("download") }, icon("download")));
    this.number.addEventListener("change", () => this.go(Number.parseInt(this.number.value, 10)));
    this.number.addEventListener("focus", () => this.number.select());
    document.querySelector("#bar").append(...parts);
    document.querySelector("#bar").after(this.finder.form(seek));
  }

  key(event) {
    if (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.finder.toggle(true);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const line = { ArrowUp: -60, ArrowDown: 60 }[event.key];
    const to = {
      ArrowLeft: this.page - 1, ArrowRight: this.page + 1, PageUp: this.page - 1, PageDown: this.page + 1,
      Home: 1, End: this.pdf.numPages,
    }[event.key];
    if (to === undefined && line === undefined) return;
    event.preventDefault();
    if (to !== undefined) this.go(to);
    else this.sheet.scrollBy({ top: line });
  }

  // -- where the reader is --------------------------------------------------------------------------------------------

  go(wanted) {
    const page = Math.min(this.pdf.numPages, Math.max(1, wanted || this.page));
    if (this.isSingle()) {
      for (const sheet of this.sheets) sheet.box.hidden = sheet.number !== page;
      this.sheet.scrollTop = 0;
    } else this.sheet.scrollTop = this.sheets[page - 1].box.offsetTop - 8;
    this.arrive(page);
  }

  arrive(page) {
    this.page = page;
    if (document.activeElement !== this.number || this.number.value !== String(page)) this.number.value = page;
    this.draw();
    this.later();
  }

  // The page in the upper third of the window is the one that is read.
  scrolled() {
    if (!this.isSingle()) {
      const line = this.sheet.scrollTop + this.sheet.clientHeight / 3;
      const after = this.sheets.findIndex((sheet) => sheet.box.offsetTop > line);
      const end = this.sheet.scrollTop + this.sheet.clientHeight >= this.sheet.scrollHeight - 2;
      const page = end || after === -1 ? this.pdf.numPages : Math.max(1, after);
      if (page !== this.page) this.arrive(page);
    }
    this.draw();
  }

  draw() {
    for (const sheet of this.sheets) {
      const far = Math.abs(sheet.number - this.page);
      if (far > KEPT / 2) sheet.clear();
      else if (far <= 1 || this.inView(sheet)) sheet.draw();
    }
  }

  inView({ box }) {
    return this.visible(box) > 0;
  }

  visible(box) {
    if (box.hidden) return 0;
    const top = Math.max(box.offsetTop, this.sheet.scrollTop);
    return Math.min(box.offsetTop + box.offsetHeight, this.sheet.scrollTop + this.sheet.clientHeight) - top;
  }

  isSingle() {
    return this.sheet.classList.contains("single");
  }

  single(wanted) {
    this.sheet.classList.toggle("single", wanted);
    this.mode.setAttribute("aria-pressed", wanted);
    for (const sheet of this.sheets) sheet.box.hidden = false;
    this.go(this.page);
  }

  reveal({ page, items }) {
    if (page && page !== this.page) this.go(page);
    for (const sheet of this.sheets) sheet.mark(sheet.number === page ? items : []);
  }

  // -- size -----------------------------------------------------------------------------------------------------------

  fit() {
    const width = this.sheet.clientWidth;
    if (width === this.width && this.now) return;
    this.width = width;
    if (this.scale === null || !this.now) this.rescale(this.scale);
  }

  rescale(scale) {
    const page = this.page;
    this.scale = scale;
    this.now = scale ?? Math.min(WIDEST, Math.max(0.2, (this.width - 24) / this.sheets[0].width));
    this.size.textContent = `${Math.round(this.now * 100)}%`;
    for (const sheet of this.sheets) sheet.resize(this.now);
    if (this.settled) this.go(page);
    this.settled = 1;
  }

  zoom(direction) {
    const further = SCALES.filter((one) => (direction > 0 ? one > this.now + 0.01 : one < this.now - 0.01));
    if (further.length) this.rescale(direction > 0 ? further[0] : further.at(-1));
  }

  // -- progress -------------------------------------------------------------------------------------------------------

  tick() {
    if (document.visibilityState !== "visible") return;
    for (const sheet of this.sheets) {
      if (this.seen.has(sheet.number) || !sheet.drawn) continue;
      const part = this.visible(sheet.box);
      if (part < Math.min(sheet.box.offsetHeight, this.sheet.clientHeight) / 2) continue;
      const looked = (this.looked.get(sheet.number) ?? 0) + TICK;
      this.looked.set(sheet.number, looked);
      if (looked >= LOOK) this.saw(sheet.number);
    }
  }

  saw(page) {
    this.seen.add(page);
    this.looked.delete(page);
    const percent = this.percent();
    const complete = this.seen.size === this.pdf.numPages;
    if (complete && !this.done) {
      this.done = true;
      report("completed", { completion: true, duration: duration() }, { progress: 100 });
      notice(word("all_pages_seen"));
    } else if (!this.done && percent >= this.told + STEP) {
      this.told = percent;
      report("progressed", {}, { progress: percent });
    }
    status(this.done, null, percent);
    this.save();
  }

  percent() {
    return this.done ? 100 : Math.floor((this.seen.size / this.pdf.numPages) * 100);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 1000);
  }

  save() {
    clearTimeout(this.timer);
    const value = { page: this.page, seen: ranges(this.seen), completed: this.done };
    state.put("reading", value, (stored, newer) => ({
      page: newer.page, seen: ranges(numbers(`${stored.seen},${newer.seen}`, this.pdf.numPages)),
      completed: newer.completed || stored.completed === true,
    }));
  }
}

