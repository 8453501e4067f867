// One page of a PDF: its drawing, its text for selection and screen readers, its links.
import { el, word } from "./dom.js";

const MOST_PIXELS = 16_000_000;

export class Sheet {
  constructor(viewer, number, first) {
    this.viewer = viewer;
    this.number = number;
    this.first = first; // stands for the size of pages not yet loaded
    this.box = el("section", { className: "leaf", "aria-label": word("page_of", { page: number, pages: viewer.pdf.numPages }) });
    this.drawn = false;
    this.hits = [];
    this.measure(first);
  }

  measure(page) {
    ({ width: this.width, height: this.height } = page.getViewport({ scale: 1 }));
  }

  resize(scale) {
    this.scale = scale;
    this.clear();
    this.place();
  }

  place() {
    this.box.style.width = `${Math.floor(this.width * this.scale)}px`;
    this.box.style.height = `${Math.floor(this.height * this.scale)}px`;
    this.box.style.setProperty("--total-scale-factor", this.scale);
  }

  clear() {
    this.task?.cancel();
    this.layer?.cancel();
    this.task = this.layer = this.drawing = null;
    this.drawn = false;
    this.box.replaceChildren();
  }

  draw() {
    this.drawing ??= this.paint(this.scale);
  }

  async paint(scale) {
    try {
      const page = await this.viewer.pdf.getPage(this.number);
      if (this.scale !== scale || !this.drawing) return;
      this.measure(page);
      this.place();
      const viewport = page.getViewport({ scale });
      const canvas = this.canvas(viewport);
      const text = el("div", { className: "textLayer" });
      this.box.replaceChildren(canvas, text);
      this.task = page.render({ canvas, viewport, transform: [this.dots, 0, 0, this.dots, 0, 0], annotationMode: 1 });
      this.layer = new this.viewer.pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
      const layer = this.layer;
      await Promise.all([this.task.promise, layer.render()]);
      this.showHits();
      this.drawn = true;
      this.box.append(...await this.links(page, viewport));
    } catch (problem) {
      if (!["RenderingCancelledException", "AbortException"].includes(problem.name)) this.failed(problem);
    }
  }

  failed(problem) {
    console.warn(problem);
    this.box.replaceChildren(el("p", { className: "broken" }, word("page_broken")));
  }

  canvas({ width, height }) {
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    this.dots = Math.min(sharp, Math.sqrt(MOST_PIXELS / (width * height)));
    const canvas = el("canvas", { width: Math.floor(width * this.dots), height: Math.floor(height * this.dots) });
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }

  // Only addresses of the web leave the document, into a window of their own; the rest leads to its pages.
  async links(page, viewport) {
    const found = (await page.getAnnotations()).filter((one) => one.subtype === "Link" && (web(one.url) || one.dest));
    return found.map((one) => {
      const [left, top] = viewport.convertToViewportPoint(one.rect[0], one.rect[1]);
      const [right, bottom] = viewport.convertToViewportPoint(one.rect[2], one.rect[3]);
      const to = web(one.url)
        ? { href: one.url, target: "_blank", rel: "noopener noreferrer", "aria-label": one.url }
        : { href: "#", "aria-label": word("link_inside"), onclick: (event) => { event.preventDefault(); this.follow(one.dest); } };
      const link = el("a", { className: "link", ...to });
      Object.assign(link.style, {
        left: `${Math.min(left, right)}px`, top: `${Math.min(top, bottom)}px`,
        width: `${Math.abs(right - left)}px`, height: `${Math.abs(bottom - top)}px`,
      });
      return link;
    });
  }

  async follow(wanted) {
    const { pdf } = this.viewer;
    const target = typeof wanted === "string" ? await pdf.getDestination(wanted) : wanted;
    const [page] = Array.isArray(target) ? target : [];
    if (page === undefined) return;
    this.viewer.go((Number.isInteger(page) ? page : await pdf.getPageIndex(page)) + 1);
  }

  /** Mark the text items that hold what was searched for, and bring the first into view. */
  mark(items) {
    this.hits = items;
    this.wanted = items.length > 0;
    this.showHits();
  }

  showHits() {
    const spans = this.layer?.textDivs ?? [];
    for (const old of this.box.querySelectorAll(".hit")) old.classList.remove("hit");
    for (const item of this.hits) spans[item]?.classList.add("hit");
    const first = spans[this.hits[0]];
    if (!this.wanted || !first) return;
    this.wanted = false;
    first.scrollIntoView({ block: "center", inline: "nearest" });
  }
}

function web(url) {
  return /^https?:\/\//i.test(url ?? "");
}
