// Opens a unit in the frame (or offers a window of its own), and listens to what its player says: that it ends, and how
// far it is. Nothing else that content sends is heeded.
const player = document.querySelector("[data-player]");
const find = (name) => player.querySelector(`[data-${name}]`);
const words = JSON.parse(player.dataset.words);
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const frame = find("frame");
const note = find("note");
const ours = content(player.dataset.content);
let origin = null; // from which the unit in the frame speaks

// The pattern of content addresses: with * for a label.
function content(pattern) {
  if (!pattern) return () => false;
  const [before, after] = pattern.split("*");
  if (after === undefined) return (address) => address === pattern;
  return (address) => address.startsWith(before) && address.endsWith(after) && /^[a-z0-9]+$/.test(address.slice(before.length, address.length - after.length));
}

function show(text, { again = false, link = null } = {}) {
  note.textContent = text;
  note.hidden = !text;
  find("again").hidden = !again;
  const own = find("window");
  own.hidden = !link;
  if (link) own.href = link;
}

// Tell whether the browser reaches the content's host; it is asked once.
async function known(address) {
  if (!ours(address) || sessionStorage.getItem("khue-known") === player.dataset.content) return true;
  try { await fetch(`${address}/_khue/known`, { mode: "no-cors", cache: "no-store" }); } catch { return false; }
  sessionStorage.setItem("khue-known", player.dataset.content);
  return true;
}

async function ask(plain) {
  let answer;
  try {
    const headers = { "X-CSRFToken": player.dataset.token, Accept: "application/json" };
    const early = window.khueLaunch; // begun by launch.js; good once
    window.khueLaunch = null;
    answer = (await early) ?? await fetch(player.dataset.launch + (plain ? "?plain" : ""), { method: "POST", headers });
  } catch { throw new Error(say("offline")); }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok && told.url) return told;
  if (answer.status === 401) throw new Error(say("signed_out"));
  throw new Error(told.error || say("refused", { status: answer.status }));
}

async function open() {
  show(say("opening"));
  try {
    // Some browsers do not know names below localhost: there the demonstration has a plain address.
    const local = player.dataset.content.includes("*.localhost");
    const launched = await ask(local && !(await known(player.dataset.content.replace("*", "khue"))));
    const url = new URL(launched.url, location);
    if (!local && !(await known(url.origin))) throw new Error(say("unknown_host", { host: url.host }));
    if (launched.own_window) return show(say("own_window"), { link: url.href });
    origin = url.origin;
    frame.src = url.href;
    frame.hidden = false;
    show("");
    frame.focus();
  } catch (error) { show(error.message, { again: true }); }
}

function from(address) {
  if (!frame.sandbox.contains("allow-same-origin")) return address === "null";
  return address === origin || (!ours(origin) && ours(address)); // content elsewhere comes back by way of our host
}

function progress({ completed, success, progress: percent }) {
  const state = player.querySelector(`[data-state="${frame.dataset.unit}"]`);
  if (!state) return;
  if (success === false) state.textContent = say("failed");
  else if (completed === true || success === true) state.textContent = say("done");
  else if (Number.isFinite(percent) && percent > 0 && percent <= 100) state.textContent = `${Math.round(percent)}%`;
}

function listen(event) {
  if (!origin || event.source !== frame.contentWindow || !from(event.origin)) return;
  if (event.data?.khue === "exit") location.assign(player.dataset.back);
  else if (event.data?.khue === "status") progress(event.data);
}

const drawer = find("drawer");
if (drawer) {
  const wide = matchMedia("(min-width: 62rem)");
  const follow = () => { drawer.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}
find("window").addEventListener("click", () => show(say("running"), { link: find("window").href }));
if (frame) {
  addEventListener("message", listen);
  find("again").addEventListener("click", open);
  open();
}
