// Keeps what is typed into a form until the server says that it has taken it (lms/core/drafts.py).
// A form with data-keep="no" keeps nothing, or does it in a way of its own.
const OWNER = document.documentElement.dataset.owner;
const WORDS = document.querySelector("[data-draft-words]")?.dataset;
const PREFIX = "khue-own:draft:";
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const NEVER = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);

const store = (act) => { try { return act(localStorage); } catch { return null; } }; // storage may be refused
const read = (key) => { try { return JSON.parse(store((kept) => kept.getItem(key))); } catch { return null; } };

// A form's fields as [place, what the page showed, what is in it now, how to set it, how "seen" names it]; the radio buttons
// of one name are one field, each box that is ticked is one of its own.
function fields(form) {
  const known = new Map();
  for (const field of form.elements) {
    if (!field.name || field.name === "draft" || NEVER.has(field.type)) continue;
    if (field.type === "radio") {
      const group = [...form.elements].filter((one) => one.type === "radio" && one.name === field.name);
      const value = (test) => group.find(test)?.value ?? "";
      known.set(field.name, [value((one) => one.defaultChecked), value((one) => one.checked), (wanted) => { for (const one of group) one.checked = one.value === wanted; }]);
    } else if (field.type === "checkbox") {
      const value = (ticked) => (ticked ? field.value : "");
      known.set(`${field.name}=${field.value}`, [value(field.defaultChecked), value(field.checked), (wanted) => { field.checked = wanted !== ""; }]);
    } else {
      const options = field.options && [...field.options];
      const was = options ? (options.find((one) => one.defaultSelected) ?? options[0])?.value ?? "" : field.defaultValue;
      known.set(field.name, [was, field.value, (wanted) => { field.value = wanted; }]);
    }
  }
  return [...known].map(([place, [was, now, set]]) => ({ place, was, now, set, name: place.split("=")[0] }));
}

// The answer to a form is not asked for again by the browser's Back.
if (document.documentElement.dataset.posted !== undefined) history.replaceState(history.state, "", location.href);
if (OWNER && WORDS) begin();

function begin() {
  forgetTaken();
  const forms = [...document.querySelectorAll("main form[method=post]:not([data-keep=no])")];
  forms.forEach((form, number) => { if (fields(form).length) follow(form, `${PREFIX}${OWNER}:${place(form)}:${number}`); });
}

// A page of a list has a draft of its own.
function place(form) {
  const { pathname, search } = new URL(form.action);
  return pathname + search;
}

function forgetTaken() {
  const taken = /(?:^|; )khue-taken=([^;]+)/.exec(document.cookie)?.[1];
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
    for (const { place, was, now } of fields(form)) {
      if (now !== was) draft.fields[place] = [draft.fields[place]?.[0] ?? was, now];
      else if (document.documentElement.dataset.posted === undefined) delete draft.fields[place];
    }
    draft.at = Date.now();
    store((kept) => (Object.keys(draft.fields).length ? kept.setItem(key, JSON.stringify(draft)) : kept.removeItem(key)));
  }

  function restore() {
    const seen = form.elements.seen;
    const base = seen?.value ? JSON.parse(seen.value) : null;
    let found = 0;
    for (const { place, now, set, name } of fields(form)) {
      const [was, value] = draft.fields[place] ?? [];
      if (value === undefined || value === now) continue;
      if (base) remember(base, place, name, was); // what its writer saw, not what stands there by now
      set(value);
      found += 1;
    }
    if (!found) return;
    if (base) seen.value = JSON.stringify(base);
    form.dispatchEvent(new Event("change", { bubbles: true }));
    tell(WORDS.restored.replace("{time}", new Date(draft.at).toLocaleString(document.documentElement.lang, { timeStyle: "short", dateStyle: "short" })), true);
  }

  function remember(base, place, name, was) {
    const option = place.slice(name.length + 1);
    if (Array.isArray(base[name])) base[name] = base[name].filter((one) => one !== option).concat(was || []);
    else if (was) base[name] = was;
    else delete base[name];
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
