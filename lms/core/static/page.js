// Small habits of every page.

// The first message about errors takes the focus.
document.querySelector("[data-focus]")?.focus();

// A form that is being sent is not sent twice.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// What pages keep in this browser below "khue-own:" belongs to who is signed in, and goes with her.
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("khue-own:")) localStorage.removeItem(name);
  } catch { /* storage may be refused */ }
});

// The menu is open on wide screens, a button on narrow ones; Escape and a click elsewhere close it.
const menu = document.querySelector("[data-menu]");
if (menu) {
  const wide = matchMedia("(min-width: 62rem)");
  const follow = () => { menu.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open && !wide.matches) { menu.open = false; menu.firstElementChild.focus(); }
  });
  addEventListener("click", (event) => { if (!wide.matches && !menu.contains(event.target)) menu.open = false; });
}

// A group of the menu closes as a menu does.
for (const group of document.querySelectorAll("[data-closes]")) {
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !group.open) return;
    event.stopPropagation();
    group.open = false;
    group.firstElementChild.focus();
  });
  addEventListener("click", (event) => { if (!group.contains(event.target)) group.open = false; });
}

// A button that asks first: data-confirm="question".
addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !confirm(button.dataset.confirm)) event.preventDefault();
});
