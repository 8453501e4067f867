// A picture: fitted to the window or enlarged; done when it was in view for three seconds.
import { dwell, el, fault, tool } from "./dom.js";
import { config, duration, leave, report, state, status } from "./xapi.js";

const STEPS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];
const place = document.querySelector("main");
const picture = el("img", { alt: config.title, src: config.base + config.file, className: "fitted" });
const sheet = el("div", { className: "sheet", tabIndex: 0, role: "region", "aria-label": config.title }, picture);
let scale = null; // null: fitted
let done = false;

document.querySelector("#bar").append(
  tool("out", "zoom_out", () => zoom(-1)),
  tool("in", "zoom_in", () => zoom(1)),
  tool("fit", "fit", () => show(null)),
);
picture.addEventListener("error", () => fault(place, "cannot_show", config.properties.download ? picture.src : null));
place.append(sheet);
begin();

async function begin() {
  const saved = await state.get("seen");
  done = saved?.completed === true;
  report("initialized");
  leave(() => report("terminated", { duration: duration() }, { progress: done ? 100 : 0 }));
  if (done) status(true, null, 100);
  else dwell(3, () => picture.complete && picture.naturalWidth > 0, complete);
}

function complete() {
  done = true;
  report("completed", { completion: true, duration: duration() }, { progress: 100 });
  state.put("seen", { completed: true });
  status(true, null, 100);
}

function zoom(direction) {
  const now = scale ?? picture.width / natural();
  const further = STEPS.filter((step) => (direction > 0 ? step > now + 0.01 : step < now - 0.01));
  if (further.length) show(direction > 0 ? further[0] : further.at(-1));
}

function show(wanted) {
  scale = wanted;
  picture.className = scale === null ? "fitted" : "";
  picture.style.width = scale === null ? "" : `${Math.round(natural() * scale)}px`;
}

// A vector drawing may have no width of its own.
function natural() {
  return picture.naturalWidth || 800;
}
