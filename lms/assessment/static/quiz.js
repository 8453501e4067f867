// Saves each answer of a quiz as it is given. What cannot be sent waits in localStorage, also when the tab is closed.

const form = document.querySelector("[data-attempt]");
const finished = document.querySelector("[data-attempt-done]");
const storeKey = (id) => `khue-attempt-${id}`;

if (finished) localStorage.removeItem(storeKey(finished.dataset.attemptDone));
if (form) start();

function start() {
  const text = form.dataset;
  const key = storeKey(text.attempt);
  const token = form.elements.csrf_token.value;
  const overall = form.querySelector("[data-overall]");
  const questions = new Map([...form.querySelectorAll("[data-question]")].map((one) => [one.dataset.question, one]));
  const FRESH = 10_000; // a change younger than this is meant to replace what another device saved
  const REQUEST_LIMIT = 15_000;
  let queue = load();
  let sending = null; // what is on its way
  let handingIn = false;
  let retryTimer = 0;
  let typingTimer = 0;
  let pause = 2000;

  // -- the waiting answers: question id -> {response, revision, changedAt}

  function load() {
    try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
  }

  // another tab may keep answers of its own under the same key: only ours are added, and dropped when they are saved
  function keep(dropped = {}) {
    try {
      const kept = load();
      for (const [id, revision] of Object.entries(dropped)) if (kept[id]?.revision <= revision) delete kept[id];
      for (const [id, entry] of Object.entries(queue)) if (!(kept[id]?.revision > entry.revision)) kept[id] = entry;
      if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
    } catch { /* storage is full or forbidden: the answer is still sent and still on the page */ }
  }

  function drop(id, revision = queue[id].revision) {
    delete queue[id];
    keep({ [id]: revision });
  }

  // -- reading and setting a question

  const readers = {
    single: (q) => q.querySelector("input:checked")?.value ?? null,
    multiple: (q) => [...q.querySelectorAll("input:checked")].map((one) => one.value),
    true_false: (q) => { const chosen = q.querySelector("input:checked"); return chosen ? chosen.value === "true" : null; },
    numeric: (q) => q.querySelector("input").value.trim() || null,
    ordering: (q) => {
      const items = [...q.querySelectorAll("[data-key]")];
      const order = items.map(() => null);
      for (const item of items) { const place = Number(item.querySelector("select").value); if (place) order[place - 1] = item.dataset.key; }
      return order.some(Boolean) ? order : null;
    },
    matching: (q) => {
      const pairs = [...q.querySelectorAll("select")].filter((one) => one.value).map((one) => [one.dataset.key, one.value]);
      return pairs.length ? Object.fromEntries(pairs) : null;
    },
  };

  const setters = {
    single: (q, r) => { for (const one of q.querySelectorAll("input")) one.checked = one.value === r; },
    multiple: (q, r) => { for (const one of q.querySelectorAll("input")) one.checked = (r ?? []).includes(one.value); },
    true_false: (q, r) => { for (const one of q.querySelectorAll("input")) one.checked = r !== null && (one.value === "true") === r; },
    numeric: (q, r) => { q.querySelector("input").value = r ?? ""; },
    ordering: (q, r) => {
      for (const item of q.querySelectorAll("[data-key]")) {
        const place = (r ?? []).indexOf(item.dataset.key) + 1;
        item.querySelector("select").value = place || "";
        item.dataset.place = place || "";
      }
      arrange(q);
    },
    matching: (q, r) => { for (const one of q.querySelectorAll("select")) one.value = r?.[one.dataset.key] ?? ""; },
  };

  const read = (q) => readers[q.dataset.kind](q);
  const isBlank = (r) => r === null || r === "" || (typeof r === "object" && Object.values(r).every((one) => one === null));

  // -- telling

  function tell(words, wrong = false) {
    const done = [...questions.values()].filter((q) => !isBlank(read(q))).length;
    const counted = text.counted.replace("{done}", done).replace("{total}", questions.size);
    overall.textContent = `${counted}. ${words}`;
    overall.classList.toggle("state-error", wrong);
  }

  function tellAt(q, words, wrong = false) {
    const state = q.querySelector("[data-state]");
    state.textContent = words;
    state.classList.toggle("state-error", wrong);
  }

  // -- sending

  function changed(q) {
    const id = q.dataset.question;
    const known = Math.max(Number(q.dataset.revision), queue[id]?.revision ?? 0);
    queue[id] = { response: read(q), revision: known + 1, changedAt: Date.now() };
    keep();
    tellAt(q, "");
    tell(text.saving);
  }

  function flush() {
    sending ??= sendAll().finally(() => { sending = null; });
    return sending;
  }

  async function sendAll() {
    clearTimeout(retryTimer);
    for (let [id] = Object.keys(queue); id; [id] = Object.keys(queue)) {
      if (!(await send(id))) return;
    }
    pause = 2000;
  }

  async function send(id) {
    const q = questions.get(id);
    const entry = queue[id];
    if (!q) { drop(id); return true; }
    let answer;
    try {
      answer = await fetch(text.answers + id, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ response: entry.response, revision: entry.revision }),
        signal: AbortSignal.timeout(REQUEST_LIMIT),
      });
    } catch {
      return later(navigator.onLine ? text.waiting : text.offline);
    }
    if (answer.ok) return accepted(q, id, entry, await answer.json().catch(() => null));
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 401 || problem.code === "csrf") { tell(text.signedOut, true); return false; }
    if (answer.status >= 500 || answer.status === 429) return later(text.waiting);
    if (answer.status === 409 && problem.code === "already-submitted") { queue = {}; localStorage.removeItem(key); location.reload(); return false; }
    if (queue[id] === entry) drop(id);
    if (answer.status === 409) { tell(problem.error ?? text.refused, true); tellAt(q, problem.error ?? text.refused, true); return false; }
    tellAt(q, problem.error ?? text.refused, true);
    tell(text.refused, true);
    return true;
  }

  function accepted(q, id, entry, saved) {
    if (saved === null) return later(text.waiting);
    q.dataset.revision = saved.revision;
    form.elements[`read-${id}`].value = saved.read;
    if (!saved.stored && Date.now() - entry.changedAt < FRESH) {
      queue[id] = { ...(queue[id] ?? entry), revision: saved.revision + 1 };
      keep();
      return true;
    }
    if (queue[id] === entry) {
      drop(id);
      if (!saved.stored) { setters[q.dataset.kind](q, saved.response); tellAt(q, text.newer); }
    }
    if (!Object.keys(queue).length) tell(text.saved.replace("{time}", saved.saved_at));
    return true;
  }

  function later(words) {
    tell(words, true);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, 60_000);
    return false;
  }

  // -- ordering: buttons beside the places

  function arrange(q) {
    const list = q.querySelector(".ordering");
    const items = [...list.children];
    const place = (item) => Number(item.querySelector("select").value) || items.length + 1;
    const sorted = items.map((item, i) => [place(item), i, item]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((one) => one[2]);
    if (sorted.some((item, i) => item !== items[i])) list.append(...sorted);
    sorted.forEach((item, i) => {
      item.dataset.place = item.querySelector("select").value;
      const [up, down] = item.querySelectorAll("button");
      up?.setAttribute("aria-disabled", i === 0);
      down?.setAttribute("aria-disabled", i === sorted.length - 1);
    });
  }

  function place(q, select) {
    const item = select.closest("[data-key]");
    const other = [...q.querySelectorAll("select")].find((one) => one !== select && one.value && one.value === select.value);
    if (other) other.value = item.dataset.place ?? "";
    arrange(q);
    select.focus();
  }

  function move(q, item, step) {
    const list = item.parentElement;
    const target = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!target) return;
    const button = document.activeElement;
    if (step < 0) list.insertBefore(item, target); else list.insertBefore(target, item);
    [...list.children].forEach((one, i) => { one.querySelector("select").value = String(i + 1); });
    arrange(q);
    button.focus();
    changed(q);
    flush();
  }

  function addMoves(q) {
    for (const item of q.querySelectorAll("[data-key]")) {
      const words = item.querySelector(".ordering-text").textContent;
      const moves = document.createElement("span");
      moves.className = "ordering-moves";
      for (const [sign, label, step] of [["↑", text.up, -1], ["↓", text.down, 1]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = sign;
        button.setAttribute("aria-label", `${label}: ${words}`);
        button.addEventListener("click", () => move(q, item, step));
        moves.append(button);
      }
      item.append(moves);
    }
    arrange(q);
  }

  // -- begin

  for (const q of questions.values()) if (q.dataset.kind === "ordering") addMoves(q);
  for (const [id, entry] of Object.entries(queue)) {
    const q = questions.get(id);
    if (q && entry.revision > Number(q.dataset.revision)) setters[q.dataset.kind](q, entry.response);
    else drop(id);
  }
  if (Object.keys(queue).length) { tell(text.saving); flush(); } else tell(overall.textContent);
  form.querySelector("[data-save]").hidden = true;

  form.addEventListener("change", (event) => {
    const q = event.target.closest("[data-question]");
    if (!q) return;
    clearTimeout(typingTimer);
    if (event.target.matches(".place")) place(q, event.target);
    changed(q);
    flush();
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[inputmode]")) return;
    changed(event.target.closest("[data-question]"));
    clearTimeout(typingTimer);
    typingTimer = setTimeout(flush, 800);
  });
  form.addEventListener("submit", async (event) => {
    if (!navigator.onLine) { event.preventDefault(); tell(text.submitOffline, true); return; }
    if (handingIn || !Object.keys(queue).length) return;
    event.preventDefault(); // what was just typed is saved first, so that the form does not meet its own answer
    clearTimeout(typingTimer);
    await flush();
    await flush();
    handingIn = true;
    form.requestSubmit(event.submitter);
    handingIn = false;
  });
  addEventListener("online", () => { pause = 2000; flush(); });
  addEventListener("offline", () => tell(text.offline, true));
  addEventListener("pagehide", () => { if (Object.keys(queue).length) flush(); });
}
