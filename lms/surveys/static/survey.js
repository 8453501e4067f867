// The evaluation form: asks only what applies, shows how much is left, and keeps a draft in this browser until it is sent.
// All forms leave in requests of one size, so that nobody who counts bytes on the line learns how much somebody wrote.
const KEY = "khue-own:evaluation:";
const BLOCK = 32768;
const sent = document.querySelector("[data-sent]");
const form = document.querySelector("form[data-survey]");

const key = (one, survey) => `${KEY}${survey}:${one.dataset.owner}`;
const store = (act) => { try { return act(localStorage); } catch { return null; } }; // storage may be refused

if (sent) store((kept) => kept.removeItem(key(sent, sent.dataset.sent)));
if (form) begin();
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

function begin() {
  const questions = [...form.querySelectorAll("[data-question]")];
  const bar = form.querySelector("[data-progress]");
  const draft = form.dataset.owner ? key(form, form.dataset.survey) : null;
  if (draft) store(forgetOthers);
  if (draft && !form.parentElement.querySelector(".notice-error")) fill(store((kept) => kept.getItem(draft)));
  form.addEventListener("input", () => { follow(); keep(); });
  form.addEventListener("change", follow);
  if (form.method === "post") form.addEventListener("formdata", (event) => pad(event.formData));
  addEventListener("pagehide", () => { if (form.dataset.sent) form.reset(); });
  follow();

  function keep() {
    if (!draft) return;
    const said = [...new FormData(form)].filter(([name, value]) => value && !["csrf_token", "incomplete", "padding"].includes(name));
    store((kept) => kept.setItem(draft, JSON.stringify(said)));
  }

  // What somebody else began in this browser is not hers to find.
  function forgetOthers(kept) {
    for (const name of Object.keys(kept)) {
      if (name.startsWith(`${KEY}${form.dataset.survey}:`) && name !== draft) kept.removeItem(name);
    }
  }

  function pad(data) {
    data.append("padding", "");
    const lines = [...data].map(([name, value]) => [name, value.replace(/\r?\n/g, "\r\n")]);
    const size = new URLSearchParams(lines).toString().length;
    data.set("padding", "0".repeat((BLOCK - (size % BLOCK)) % BLOCK));
  }

  function fill(text) {
    let said;
    try { said = JSON.parse(text ?? "[]"); } catch { said = []; }
    for (const [name, value] of said) {
      for (const field of form.elements[name]?.length && !form.elements[name].tagName ? form.elements[name] : [form.elements[name]]) {
        if (!field) continue;
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else field.value = value;
      }
    }
  }

  // How much is answered, in numbers, and a way to the first blank.
  function tell(all, done, blank) {
    const left = form.querySelector("[data-left]");
    if (!left) return;
    const [words, way] = [left.querySelector("span"), left.querySelector("a")];
    words.textContent = left.dataset.words.replace("{done}", done).replace("{all}", all);
    way.hidden = !blank;
    if (blank) Object.assign(way, { href: `#${CSS.escape(blank.querySelector("fieldset").id)}`, textContent: left.dataset.next, onclick: (event) => { event.preventDefault(); blank.querySelector("fieldset").focus(); } });
    left.hidden = false;
  }

  // A question with a condition looks at the earlier one in its own block first, then anywhere.
  function follow() {
    for (const one of questions) {
      if (!one.dataset.when) continue;
      const find = (within) => within.querySelector(`[data-question="${one.dataset.when}"] :checked`);
      const said = find(one.closest("[data-block]")) ?? find(form);
      one.hidden = !said || !JSON.parse(one.dataset.values).includes(said.value);
      for (const field of one.querySelectorAll("input, select, textarea")) field.disabled = one.hidden;
    }
    const asked = questions.filter((one) => !one.hidden && one.querySelector("fieldset"));
    const done = asked.filter((one) => one.querySelector(":checked:not(option)") || [...one.querySelectorAll("select")].some((field) => field.value));
    tell(asked.length, done.length, asked.find((one) => !done.includes(one)));
    bar.hidden = false;
    bar.firstElementChild.style.inlineSize = `${asked.length ? (done.length / asked.length) * 100 : 100}%`;
  }
}
