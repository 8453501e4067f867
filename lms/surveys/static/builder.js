// A question's form shows what belongs to its kind of answer.
const form = document.querySelector("form[data-item]");
if (form) {
  const follow = () => {
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(form.elements.kind.value);
  };
  form.elements.kind.addEventListener("change", follow);
  follow();
}
