// Counts what is still open, and marks the remaining trainees as present.
const form = document.querySelector("[data-attendance]");
const button = form?.querySelector("[data-all-present]");
const count = form?.querySelector("[data-count]");
const open = () => [...form.querySelectorAll("fieldset")].filter((line) => !line.querySelector("input[type=radio]:checked"));
const tell = () => { const left = open().length; count.textContent = left ? `${form.querySelectorAll("fieldset").length - left}/${form.querySelectorAll("fieldset").length}` : "✓"; button.hidden = left === 0; };
if (form) {
  button.addEventListener("click", () => { for (const line of open()) line.querySelector("input[value=present]").checked = true; tell(); });
  form.addEventListener("change", tell);
  tell();
}
