// Search in the text of a PDF. Without marks in what is searched for, marks do not matter: "dao tao" finds "đào tạo".
import { el, tool, word } from "./dom.js";

const bare = (text) => text.normalize("NFC").toLowerCase();

/** One character for one: no marks, đ as d. */
export function folded(text) {
  return Array.from(bare(text), (one) => (one === "đ" ? "d" : one.normalize("NFD")[0].padEnd(one.length))).join("");
}

/** Items (indices) of a page that hold each occurrence of the wanted text. */
export function occurrences(strings, wanted) {
  const plain = bare(wanted).trim();
  if (!plain) return [];
  const fold = folded(plain) === plain ? folded : bare;
  let whole = "";
  const starts = strings.map(({ str, hasEOL }) => {
    const start = whole.length;
    whole += fold(str) + (hasEOL ? " " : "");
    return start;
  });
  const found = [];
  for (let place = whole.indexOf(plain); place !== -1; place = whole.indexOf(plain, place + plain.length)) {
    const end = place + plain.length;
    found.push(starts.flatMap((start, item) => (start < end && (starts[item + 1] ?? whole.length) > place && strings[item].str ? [item] : [])));
  }
  return found;
}

export class Finder {
  constructor(pdf, reveal) {
    this.pdf = pdf;
    this.reveal = reveal;
    this.hits = [];
    this.place = -1;
    this.asked = "";
    this.run = 0;
  }

  form(button) {
    this.button = button;
    this.field = el("input", { type: "search", id: "finder-text", "aria-label": word("search_text"), placeholder: word("search_text"), autocomplete: "off" });
    this.count = el("output", { className: "of", "aria-live": "polite" });
    this.element = el(
      "form", { id: "finder", hidden: true, role: "search", "aria-label": word("search") }, this.field, this.count,
      tool("up", "previous_hit", () => this.step(-1)), tool("down", "next_hit", () => this.step(1)),
      tool("close", "close", () => this.toggle(false)),
    );
    this.element.addEventListener("submit", (event) => { event.preventDefault(); this.step(1); });
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.toggle(false); });
    return this.element;
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    this.button.setAttribute("aria-expanded", open);
    if (open) this.field.focus();
    else {
      this.reveal({ page: 0, items: [] });
      this.button.focus();
    }
  }

  async step(direction) {
    if (this.field.value !== this.asked) await this.search();
    if (!this.hits.length) return;
    this.place = (this.place + direction + this.hits.length) % this.hits.length;
    this.count.textContent = `${this.place + 1}/${this.hits.length}`;
    this.reveal(this.hits[this.place]);
  }

  async search() {
    this.run += 1;
    this.asked = this.field.value;
    const { run, asked: wanted } = this;
    this.hits = [];
    this.place = -1;
    this.count.textContent = word("searching");
    for (let page = 1; page <= this.pdf.numPages && run === this.run; page += 1) {
      const { items } = await (await this.pdf.getPage(page)).getTextContent();
      const strings = items.filter(({ str }) => str !== undefined);
      for (const found of occurrences(strings, wanted)) this.hits.push({ page, items: found });
    }
    if (run === this.run && !this.hits.length) this.count.textContent = word("nothing_found");
  }
}
