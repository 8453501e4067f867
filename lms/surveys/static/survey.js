// The evaluation form: asks only what applies, shows how much is left, and keeps a draft in this browser until it is sent.
const KEY = "khue-evaluation:";
const sent = document.querySelector("[data-sent]");
const form = document.querySelector("form[data-survey]");

const key = (one, survey) => `${KEY}${survey}:${one.dataset.owner}`;
const store = (act) => { try { return act(localStorage); } catch { return null; } }; // storage may be refused

if (sent) store((kept) => kept.removeItem(key(sent, sent.dataset.sent)));
if (form) begin();

function begin() {
  const questions = [...form.querySelectorAll("[data-question]")];
  const bar = form.querySelector("[data-progress]");
  const draft = form.dataset.owner ? key(form, form.dataset.survey) : null;
  if (draft && !form.parentElement.querySelector(".notice-error")) fill(store((kept) => kept.getItem(draft)));
  form.addEventListener("input", () => { follow(); keep(); });
  form.addEventListener("change", follow);
  follow();

  function keep() {
    if (!draft) return;
    const said = [...new FormData(form)].filter(([name, value]) => value && !["csrf_token", "incomplete"].includes(name));
    store((kept) => kept.setItem(draft, JSON.stringify(said)));
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
    bar.hidden = false;
    bar.firstElementChild.style.inlineSize = `${asked.length ? (done.length / asked.length) * 100 : 100}%`;
  }
}
