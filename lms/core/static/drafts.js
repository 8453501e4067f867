// Keeps what is typed into a form until the server says that it has taken it (lms/core/drafts.py).
// A form with data-keep="no" keeps nothing, or does it in a way of its own.
const OWNER = document.documentElement.dataset.owner;
const WORDS = document.querySelector("[data-draft-words]")?.dataset;
const PREFIX = "khue-own:draft:";
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const NEVER = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);

const store = (act) => { try { return act(localStorage); } catch { return null; } }; // storage may be refused
const read = (key) => { try { return JSON.parse(store((kept) => kept.getItem(key))); } catch { return null; } };
const fields = (form) => [...form.elements].filter((field) => field.name && !NEVER.has(field.type) && field.name !== "draft");

// What a page showed, and what is in it now; an option of a group counts by itself.
const isOption = (field) => field.type === "radio" || field.type === "checkbox";
const shown = (field) => {
  if (isOption(field)) return field.defaultChecked;
  if (field.options) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value ?? "";
  return field.defaultValue;
};
const held = (field) => (isOption(field) ? field.checked : field.value);
const set = (field, value) => { if (isOption(field)) field.checked = value; else field.value = value; };
const place = (field) => (isOption(field) ? `${field.name}=${field.value}` : field.name);

// The answer to a form is not asked for again by the browser's Back.
if (document.documentElement.dataset.posted !== undefined) history.replaceState(history.state, "", location.href);
if (OWNER && WORDS) begin();

function begin() {
  forgetTaken();
  const forms = [...document.querySelectorAll("main form[method=post]:not([data-keep=no])")];
  forms.forEach((form, number) => { if (fields(form).length) follow(form, `${PREFIX}${OWNER}:${new URL(form.action).pathname}:${number}`); });
}

function forgetTaken() {
  const taken = /(?:^|; )khue-taken=([^;]+)/.exec(document.cookie)?.[1];
  if (taken) document.cookie = "khue-taken=; max-age=0; path=/";
  store((kept) => {
    for (const key of Object.keys(kept).filter((name) => name.startsWith(PREFIX))) {
      const draft = read(key);
      if (!draft || draft.number === taken || Date.now() - draft.at > KEPT_FOR) kept.removeItem(key);
    }
  });
}

function follow(form, key) {
  const before = read(key);
  const draft = before ?? { number: crypto.randomUUID?.() ?? String(Math.random()).slice(2), fields: {} };
  const number = Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: draft.number });
  form.append(number);
  if (before && document.documentElement.dataset.posted === undefined) restore();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", (event) => {
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    tell(WORDS.offline);
  });

  function keep() {
    for (const field of fields(form)) {
      if (held(field) !== shown(field)) draft.fields[place(field)] = [shown(field), held(field)];
      else if (document.documentElement.dataset.posted === undefined) delete draft.fields[place(field)];
    }
    draft.at = Date.now();
    store((kept) => (Object.keys(draft.fields).length ? kept.setItem(key, JSON.stringify(draft)) : kept.removeItem(key)));
  }

  function restore() {
    const seen = form.elements.seen;
    const base = seen?.value ? JSON.parse(seen.value) : null;
    let found = 0;
    for (const field of fields(form)) {
      const [was, value] = draft.fields[place(field)] ?? [];
      if (value === undefined || value === held(field)) continue;
      if (base && !isOption(field)) base[field.name] = was; // what its writer saw, not what stands there by now
      set(field, value);
      found += 1;
    }
    if (!found) return;
    if (base) seen.value = JSON.stringify(base);
    form.dispatchEvent(new Event("change", { bubbles: true }));
    tell(WORDS.restored.replace("{time}", new Date(draft.at).toLocaleString(document.documentElement.lang, { timeStyle: "short", dateStyle: "short" })), true);
  }

  function tell(words, forgettable = false) {
    form.querySelector("[data-draft-said]")?.remove();
    const said = Object.assign(document.createElement("div"), { className: "notice notice-warning" });
    said.dataset.draftSaid = "";
    said.setAttribute("role", "status");
    said.append(Object.assign(document.createElement("p"), { textContent: words }));
    if (forgettable) {
      const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-primary", textContent: WORDS.forget });
      forget.addEventListener("click", () => { store((kept) => kept.removeItem(key)); location.reload(); });
      said.append(forget);
    }
    form.prepend(said);
    said.scrollIntoView({ block: "nearest" });
  }
}
