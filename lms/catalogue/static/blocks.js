// The blocks of a lesson that are done rather than read. Each element reads what it needs from the text that stands in it
// (lesson_blocks.html), shows itself in its place, and tells the page with a "khue-work" event what was done:
// detail = { key, state, done, score }. What was done before (key -> state) stands in #khue-work, or in window.khueWork.
await window.khueReady; // an exported page first asks the other system what was done before
const work = () => window.khueWork || JSON.parse(document.getElementById("khue-work")?.textContent || "{}");
const vi = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 2 });

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const copy = (element) => (element ? [...element.cloneNode(true).childNodes] : []);
const button = (words, act, look = "btn btn-primary") => make("button", { type: "button", class: look, onclick: act }, words);

// formulas.py writes the trees that this computes
const two = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  "==": (a, b) => Math.abs(a - b) < 1e-9, "!=": (a, b) => Math.abs(a - b) >= 1e-9,
  min: Math.min, max: Math.max, round: (a) => Math.floor(a + 0.5), floor: Math.floor, ceil: Math.ceil, abs: Math.abs,
  not: (a) => !a,
};
export const value = (tree, values) => {
  if (!Array.isArray(tree)) return tree;
  const [operation, ...rest] = tree;
  if (operation === "var") return values[rest[0]];
  if (operation === "if") return value(value(rest[0], values) ? rest[1] : rest[2], values);
  if (operation === "and") return Number(rest.every((one) => value(one, values)));
  if (operation === "or") return Number(rest.some((one) => value(one, values)));
  return Number(two[operation](...rest.map((one) => value(one, values))));
};

class Work extends HTMLElement {
  connectedCallback() {
    if (this.live) return;
    this.key = this.dataset.key;
    this.live = make("div", { class: "live" });
    this.said = make("p", { class: "live-said", role: "status" });
    this.begin(work()[this.key] || {});
    this.classList.add("is-live");
    this.insertBefore(this.live, this.querySelector(":scope > .as-text, :scope > .debrief"));
  }

  keep(state, { done = false, score = null } = {}) {
    this.dispatchEvent(new CustomEvent("khue-work", { bubbles: true, detail: { key: this.key, state, done, score } }));
  }
}

const verdict = (right, ...words) => make("p", { class: right ? "said-right" : "said-wrong" },
  make("span", {}, right ? "Đúng. " : "Chưa đúng. "), ...words);

customElements.define("khue-sort", class extends Work {
  begin({ picks = [], done = false }) {
    const bins = [...this.querySelectorAll(":scope > .as-text [data-bin]")].map((one) => one.textContent);
    const answers = [...this.querySelectorAll(":scope > .as-text .answer [data-right]")];
    this.rows = [...this.querySelectorAll(":scope > .as-text > ol > li")].map((item, place) => {
      const name = `${this.key}-${place}`;
      const row = make("fieldset", { class: "live-row" }, make("legend", {}, ...copy(item)),
        make("div", { class: "picks" }, ...bins.map((bin, number) => make("label", {},
          make("input", { type: "radio", name, value: number, checked: picks[place] === number, onchange: () => this.changed() }), bin))));
      this.live.append(row);
      return { row, right: Number(answers[place].dataset.right), why: answers[place].querySelector("[data-why]"), bins };
    });
    this.live.append(button("Kiểm tra", () => this.check()), this.said);
    if (done) this.check(false);
  }

  picks() { return this.rows.map(({ row }) => { const one = row.querySelector(":checked"); return one ? Number(one.value) : null; }); }

  changed() {
    for (const { row } of this.rows) row.querySelector(".said-right, .said-wrong")?.remove();
    this.keep({ picks: this.picks() });
  }

  check(tell = true) {
    const picks = this.picks();
    const open = picks.filter((one) => one === null).length;
    if (open) {
      this.said.textContent = `Còn ${open} mục chưa xếp.`;
      this.rows[picks.indexOf(null)].row.querySelector("input").focus();
      return;
    }
    let right = 0;
    this.rows.forEach((one, place) => {
      one.row.querySelector(".said-right, .said-wrong")?.remove();
      const good = picks[place] === one.right;
      right += good;
      one.row.append(verdict(good, good ? "" : `Nhóm “${one.bins[one.right]}”. `, ...copy(one.why)));
    });
    this.said.textContent = `Đúng ${right}/${picks.length} mục.`;
    if (tell) this.keep({ picks, done: true }, { done: true, score: right / picks.length });
  }
});

customElements.define("khue-order", class extends Work {
  begin({ order = null, done = false }) {
    const items = [...this.querySelectorAll(":scope > .as-text > ul > li")];
    const byPlace = new Map(items.map((item) => [Number(item.dataset.place), item]));
    const known = order && order.length === items.length && order.every((one) => byPlace.has(one));
    this.list = make("ol", { class: "moves" });
    for (const place of known ? order : byPlace.keys()) {
      const row = make("li", { "data-place": place }, make("span", {}, ...copy(byPlace.get(place))), make("span", {},
        make("button", { type: "button", "data-by": -1, "aria-label": `Đưa lên: ${byPlace.get(place).textContent}`, onclick: (event) => this.move(row, -1, event.currentTarget) }, "↑"),
        make("button", { type: "button", "data-by": 1, "aria-label": `Đưa xuống: ${byPlace.get(place).textContent}`, onclick: (event) => this.move(row, 1, event.currentTarget) }, "↓")));
      this.list.append(row);
    }
    this.why = make("div", { hidden: true }, ...copy(this.querySelector(".answer [data-why]")));
    this.live.append(this.list, button("Kiểm tra", () => this.check()), this.said, this.why);
    this.ends();
    if (done) this.check(false);
  }

  order() { return [...this.list.children].map((row) => Number(row.dataset.place)); }

  ends() {
    const rows = [...this.list.children];
    rows.forEach((row, place) => {
      row.classList.remove("is-right", "is-wrong");
      row.querySelector("[data-by='-1']").disabled = place === 0;
      row.querySelector("[data-by='1']").disabled = place === rows.length - 1;
    });
  }

  move(row, by, pressed) {
    if (by < 0) row.previousElementSibling.before(row);
    else row.nextElementSibling.after(row);
    this.ends();
    (pressed.disabled ? row.querySelector("button:not(:disabled)") : pressed).focus();
    this.said.textContent = `${row.firstChild.textContent}: vị trí ${[...this.list.children].indexOf(row) + 1}.`;
    this.keep({ order: this.order() });
  }

  check(tell = true) {
    const order = this.order();
    const right = order.filter((one, place) => one === place).length;
    for (const [place, row] of [...this.list.children].entries()) row.classList.add(order[place] === place ? "is-right" : "is-wrong");
    const all = right === order.length;
    this.said.textContent = all ? "Đúng thứ tự." : `Đúng chỗ ${right}/${order.length} bước. Anh/Chị có thể xếp lại.`;
    this.why.hidden = false;
    if (tell) this.keep({ order, done: true }, { done: true, score: right / order.length });
  }
});

customElements.define("khue-recall", class extends Work {
  begin({ answers = [], checked = [] }) {
    this.rows = [...this.querySelectorAll(":scope > .recalled")].map((question, number) => {
      const row = { question, kind: question.dataset.kind, box: make("div"), checked: false };
      if (row.kind === "numeric") {
        const id = `${this.key}-${number}`;
        row.box.append(make("label", { for: id, class: "visually-hidden" }, "Trả lời"),
          make("input", { type: "number", step: "any", id, value: answers[number] ?? "" }), ` ${question.dataset.unit}`);
      } else {
        const kind = row.kind === "multiple" ? "checkbox" : "radio";
        const given = answers[number] || [];
        const options = [...question.querySelectorAll(":scope > .as-text > ul > li")].map((option, place) => make("label", {},
          make("input", { type: kind, name: `${this.key}-${number}`, value: place, checked: given.includes(place) }), make("span", {}, ...copy(option))));
        row.box.append(make("div", { class: "picks picks-lines", role: "group", "aria-label": `Câu ${number + 1}` }, ...options));
      }
      row.result = make("div", { role: "status" });
      question.append(make("div", { class: "live" }, row.box, button("Kiểm tra", () => this.check(row)), row.result));
      return row;
    });
    this.rows.forEach((row, number) => { if (checked[number]) this.check(row, false); });
  }

  given(row) {
    if (row.kind === "numeric") return row.box.querySelector("input").value;
    return [...row.box.querySelectorAll(":checked")].map((one) => Number(one.value));
  }

  check(row, tell = true) {
    const given = this.given(row);
    const parts = [];
    if (!given.length) {
      row.result.textContent = "Anh/Chị trả lời trước đã.";
      return;
    }
    if (row.kind === "numeric") {
      const { answer, tolerance } = row.question.dataset;
      row.right = Math.abs(Number(given) - Number(answer)) <= Number(tolerance) + 1e-9;
    } else {
      const keys = [...row.question.querySelectorAll(".answer li")];
      row.right = keys.every((key, place) => key.hasAttribute("data-right") === given.includes(place));
      for (const place of given) parts.push(...copy(keys[place].querySelector("[data-why]")), " ");
    }
    row.checked = true;
    row.result.replaceChildren(verdict(row.right, ...parts), ...copy(row.question.querySelector(".answer [data-explanation]")));
    if (!tell) return;
    const done = this.rows.every((one) => one.checked);
    const score = this.rows.filter((one) => one.right).length / this.rows.length;
    this.keep({ answers: this.rows.map((one) => this.given(one)), checked: this.rows.map((one) => one.checked), done }, { done, score });
  }
});

// a way through nodes or rounds: what was chosen before, what it changed, what can be chosen now
class Way extends Work {
  begin({ path = [] }) {
    this.path = [];
    this.story = make("ol", { class: "story" });
    this.now = make("div", { tabindex: "-1" });
    this.debrief = this.querySelector(":scope > .debrief");
    this.live.append(this.story, this.now);
    this.restart();
    for (const choice of path) if (!this.ended() && this.options()[choice]) this.take(choice, false);
    this.show();
  }

  take(choice, tell = true) {
    const option = this.options()[choice];
    const told = this.apply(option, choice);
    this.path.push(choice);
    this.story.append(make("li", {}, make("strong", {}, option.querySelector(".choice").textContent),
      ...copy(option.querySelector(".feedback")), told ? make("p", { class: "change" }, told) : null));
    if (!tell) return;
    this.show();
    this.now.focus();
    this.keep({ path: this.path }, { done: this.ended() });
  }

  show() {
    this.figures();
    const ended = this.ended();
    this.now.replaceChildren(...copy(this.text()));
    if (this.debrief) this.debrief.hidden = !ended;
    if (ended) {
      this.now.classList.add("live-end");
      this.now.append(make("div", {}, button("Thử lại từ đầu", () => { this.restart(); this.show(); this.now.focus(); }, "btn btn-outline-primary")));
      return;
    }
    this.now.classList.remove("live-end");
    this.now.append(make("div", { class: "choices" }, ...this.options().map((option, choice) => make("button", { type: "button", onclick: () => this.take(choice) }, option.querySelector(".choice").textContent))));
  }

  restart() {
    this.path = [];
    this.story.replaceChildren();
    this.reset();
  }
}

customElements.define("khue-decide", class extends Way {
  reset() {
    this.node = this.at(this.dataset.start);
    for (const meter of this.querySelectorAll("[data-meter]")) meter.dataset.now = meter.dataset.start;
  }

  at(name) { return this.querySelector(`[data-node="${CSS.escape(name)}"]`); }

  options() { return [...this.node.querySelectorAll(":scope > ul > li")]; }

  ended() { return this.options().length === 0; }

  text() { return this.node.querySelector(".node-text"); }

  apply(option) {
    const told = [];
    for (const [name, by] of Object.entries(JSON.parse(option.dataset.effect))) {
      const meter = this.querySelector(`[data-meter="${name}"]`);
      meter.dataset.now = Math.min(100, Math.max(0, Number(meter.dataset.now) + by));
      told.push(`${meter.firstElementChild.textContent} ${by > 0 ? "+" : "−"}${Math.abs(by)}`);
    }
    this.node = this.at(option.dataset.next);
    return told.join(" · ");
  }

  figures() {
    for (const one of this.querySelectorAll("[data-meter]")) {
      one.querySelector("meter").value = one.dataset.now;
      one.querySelector("output").textContent = one.dataset.now;
    }
  }
});

customElements.define("khue-simulate", class extends Way {
  reset() {
    this.model = JSON.parse(this.dataset.model);
    this.shown = [...this.querySelectorAll("[data-variable]")];
    this.values = Object.fromEntries(this.shown.map((one) => [one.dataset.variable, Number(one.dataset.start)]));
    this.line ||= make("ul", { class: "figures-line" });
    this.live.prepend(this.line);
  }

  rounds() { return [...this.querySelectorAll(":scope > .rounds > li")]; }

  options() { return this.ended() ? [] : [...this.rounds()[this.path.length].querySelectorAll(":scope > ul > li")]; }

  ended() { return this.path.length === this.rounds().length; }

  text() {
    if (!this.ended()) return this.rounds()[this.path.length].querySelector(".node-text");
    const number = this.model.ends.findIndex((when) => value(when, this.values));
    return this.querySelectorAll(":scope > .ends > li")[number];
  }

  apply(_option, choice) {
    const before = { ...this.values };
    for (const [name, tree] of [...this.model.rounds[this.path.length][choice], ...this.model.each]) this.values[name] = value(tree, this.values);
    return this.shown.filter((one) => !one.hidden && this.values[one.dataset.variable] !== before[one.dataset.variable])
      .map((one) => `${one.firstElementChild.textContent}: ${vi.format(before[one.dataset.variable])} → ${vi.format(this.values[one.dataset.variable])}`).join(" · ");
  }

  figures() {
    this.line.replaceChildren(...this.shown.filter((one) => !one.hidden).map((one) => make("li", {},
      make("strong", {}, vi.format(this.values[one.dataset.variable])), `${one.firstElementChild.textContent}${one.dataset.unit.trim() ? ` (${one.dataset.unit})` : ""}`)));
  }
});

customElements.define("khue-calc", class extends HTMLElement {
  connectedCallback() {
    const kept = work()[this.dataset.key]?.values || {};
    this.inputs = [...this.querySelectorAll("input")];
    for (const one of this.inputs) {
      if (kept[one.name] !== undefined) one.value = kept[one.name];
      one.addEventListener("input", () => this.compute(true));
    }
    this.compute(false);
  }

  compute(tell) {
    const values = Object.fromEntries(this.inputs.map((one) => [one.name, one.valueAsNumber]));
    const sound = this.inputs.every((one) => one.value !== "" && one.validity.valid);
    for (const one of this.querySelectorAll("output")) {
      const found = sound ? value(JSON.parse(one.dataset.tree), values) : NaN;
      const digits = { minimumFractionDigits: Number(one.dataset.digits), maximumFractionDigits: Number(one.dataset.digits) };
      one.textContent = Number.isFinite(found) ? new Intl.NumberFormat("vi-VN", digits).format(found) : "—";
    }
    if (tell && sound) this.dispatchEvent(new CustomEvent("khue-work", { bubbles: true, detail: { key: this.dataset.key, state: { values }, done: true, score: null } }));
  }
});

customElements.define("khue-map", class extends HTMLElement {
  connectedCallback() {
    for (const one of this.querySelectorAll(".map-point")) {
      one.style.left = `${one.dataset.x}%`;
      one.style.top = `${one.dataset.y}%`;
      one.addEventListener("click", () => setTimeout(() => document.getElementById(one.hash.slice(1))?.focus()));
    }
    this.querySelector(".map")?.classList.add("map-placed");
  }
});

customElements.define("khue-list", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    this.append(button("In danh mục này", () => {
      const copied = this.cloneNode(true);
      copied.classList.add("print-me");
      document.body.append(copied);
      document.body.classList.add("khue-print");
      window.print();
      document.body.classList.remove("khue-print");
      copied.remove();
    }, "btn btn-outline-primary no-print"));
  }
});

// terms: the explanation at the end of the lesson, shown beside the word on hover, focus and tap
let card = null;
let shownFor = null;
const hide = () => { card?.remove(); card = null; shownFor?.removeAttribute("aria-describedby"); shownFor = null; };
const explain = (link) => {
  const entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!entry || shownFor === link) return;
  hide();
  shownFor = link;
  card = make("div", { class: "term-card", role: "tooltip", id: "term-card" }, make("strong", {}, ...copy(entry.querySelector("dt"))), ...copy(entry.querySelector("dd")));
  (document.querySelector("main") || document.body).append(card);
  const box = link.getClientRects()[0];
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8));
  const below = box.bottom + 6 + card.offsetHeight < innerHeight || box.top < card.offsetHeight + 12;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(below ? box.bottom + 6 : box.top - card.offsetHeight - 6) + scrollY}px`;
  link.setAttribute("aria-describedby", "term-card");
  card.addEventListener("pointerleave", hide);
};
for (const link of document.querySelectorAll("a.term")) {
  link.addEventListener("pointerenter", () => explain(link));
  link.addEventListener("pointerleave", (event) => { if (!card?.contains(event.relatedTarget)) setTimeout(() => { if (!card?.matches(":hover") && document.activeElement !== link) hide(); }, 150); });
  link.addEventListener("focus", () => explain(link));
  link.addEventListener("blur", hide);
  link.addEventListener("click", (event) => { event.preventDefault(); explain(link); });
}
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
