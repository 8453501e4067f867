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

// The contents of a long page: beside its text where it is wide, folded above it where it is narrow.
const long = document.querySelector("main[data-contents]");
const heads = long ? [...long.querySelectorAll("h2[id], section[id] > h2")] : [];
if (heads.length > 2) {
  const nav = document.createElement("nav"), fold = document.createElement("details"), list = document.createElement("ul");
  const title = document.createElement("summary");
  title.textContent = long.dataset.contents;
  nav.setAttribute("aria-label", long.dataset.contents);
  nav.className = "page-contents";
  for (const head of heads) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `#${head.id || head.parentElement.id}`;
    link.textContent = head.textContent.trim().replace(/\s+/g, " ");
    item.append(link);
    list.append(item);
  }
  fold.append(title, list);
  nav.append(fold);
  long.querySelector("h1").after(nav);
  const spacious = matchMedia("(min-width: 75rem)");
  const unfold = () => { fold.open = spacious.matches; };
  spacious.addEventListener("change", unfold);
  unfold();
}

// A file is chosen by a button in the language of the page; the browser's own lies over it, unseen.
for (const input of document.querySelectorAll("input[type=file].form-control")) {
  const box = document.createElement("div"), button = document.createElement("span"), name = document.createElement("span");
  box.className = "file-box";
  button.className = "btn btn-outline-primary";
  button.textContent = document.body.dataset.choose;
  for (const part of [button, name]) part.setAttribute("aria-hidden", "true");
  const tell = () => { name.textContent = [...input.files].map((file) => file.name).join(", ") || document.body.dataset.none; };
  input.before(box);
  box.append(input, button, name);
  input.addEventListener("change", tell);
  input.form?.addEventListener("reset", () => setTimeout(tell));
  tell();
}

// A day is typed as it is written here; a button opens the browser's calendar.
for (const input of document.querySelectorAll("input[data-calendar]")) {
  const picker = document.createElement("input"), button = document.createElement("button"), box = document.createElement("div");
  const timed = "time" in input.dataset;
  picker.type = timed ? "datetime-local" : "date";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  button.type = "button";
  button.className = "btn btn-outline-primary";
  button.setAttribute("aria-label", input.dataset.calendar);
  button.textContent = "▾";
  box.className = "day-box";
  input.before(box);
  box.append(input, button, picker);
  button.addEventListener("click", () => {
    const [, day, month, year] = input.value.match(/(\d{1,2})\/(\d{1,2})\/(\d{4})/) ?? [];
    const time = input.value.match(/\d{1,2}:\d{2}/)?.[0] ?? "08:00";
    if (year) picker.value = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}${timed ? `T${time.padStart(5, "0")}` : ""}`;
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    const [day, time] = picker.value.split("T");
    if (!day) return;
    input.value = (time ? `${time} ` : "") + day.split("-").reverse().join("/");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A button that asks first: data-confirm="question".
addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !confirm(button.dataset.confirm)) event.preventDefault();
});

// A page that is made to be printed says so with a button.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
