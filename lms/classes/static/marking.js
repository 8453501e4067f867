// Marking an essay: its text beside the form, the score by the weights as points are typed, and the keyboard.
const form = document.querySelector("[data-marking]");
const place = document.querySelector("[data-essay]");

if (place) {
  fetch(place.dataset.essay).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer))).then((page) => {
    const text = new DOMParser().parseFromString(page, "text/html").querySelector("#essay-text");
    if (text) place.replaceChildren(...text.childNodes);
  }).catch(() => { /* the link stays */ }).finally(() => place.removeAttribute("aria-busy"));
}

if (form) {
  const step = Number(form.dataset.step), most = Number(form.dataset.most);
  const total = form.querySelector("[data-total]");
  const points = [...form.querySelectorAll("[name^=points-], [name=score]")];
  const read = (field) => (/^[0-9]+([.,][0-9]+)?$/.test(field.value.trim()) ? Number(field.value.trim().replace(",", ".")) : null);
  const write = (value) => String(value).replace(".", ",");

  const follow = () => {
    if (!total) return;
    const known = points.map((field) => [read(field), Number(field.closest("[data-weight]").dataset.weight)]);
    if (known.some(([value]) => value === null)) { total.textContent = "–"; return; }
    const whole = known.reduce((sum, [value, weight]) => sum + Math.round(value * 100) * weight, 0);
    const all = known.reduce((sum, [, weight]) => sum + weight, 0);
    total.textContent = write(Math.floor(whole / all / (step * 100) + 0.5) * step);
  };

  for (const field of points) {
    field.addEventListener("keydown", (event) => {
      const by = { ArrowUp: step, ArrowDown: -step }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      field.value = write(Math.min(most, Math.max(0, (read(field) ?? 0) + by)));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  form.addEventListener("input", follow);
  form.addEventListener("change", follow);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[name=submit]") ?? undefined);
    }
  });
  form.querySelector("[data-keys]").hidden = false;
  follow();
}
