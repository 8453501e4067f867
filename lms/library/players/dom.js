// The furniture of the player pages: elements, words in the reader's language, icons, a line for news.
import { config, troubled } from "./xapi.js";

const PATHS = {
  previous: "M15 5l-7 7 7 7", next: "M9 5l7 7-7 7", up: "M5 15l7-7 7 7", down: "M5 9l7 7 7-7",
  out: "M6 12h12", in: "M6 12h12M12 6v12", fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  search: "M16 16l5 5M17 10.500a6.500 6.500 0 1 1-13 0a6.500 6.500 0 0 1 13 0z", close: "M6 6l12 12M18 6L6 18",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14", single: "M6 3h12v18H6z", pages: "M6 2v7h12V2M6 22v-7h12v7",
};

/** A word in the reader's language, with `{name}` filled in. */
export function word(key, values = {}) {
  return (config.words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An element with properties, listeners (`onclick`), attributes and children. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key in element && !key.startsWith("aria")) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button with an icon only; its word is its name and its tip. */
export function tool(name, key, onclick, more = {}) {
  return el("button", { type: "button", className: "tool", title: word(key), "aria-label": word(key), onclick, ...more }, icon(name));
}

/** Show news at the foot of the page, politely; empty takes it away. */
export function notice(text) {
  const line = document.querySelector("#notice") ?? document.body.appendChild(el("p", { id: "notice", role: "status" }));
  if (line.textContent !== text) line.textContent = text;
}

/** Put an explanation in the place of what cannot be shown. */
export function fault(place, key, download = null) {
  const link = download ? [el("p", {}, el("a", { href: download, className: "button", download: "" }, word("download")))] : [];
  place.replaceChildren(el("div", { className: "card", role: "alert" }, el("p", {}, word(key)), ...link));
}

/** Seconds during which `seen()` held while the page was visible; calls `done` once they have passed. */
export function dwell(seconds, seen, done) {
  let left = seconds * 4;
  const timer = setInterval(() => {
    if (document.visibilityState !== "visible" || !seen()) return;
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    done();
  }, 250);
}

troubled((problem) => notice(problem ? word(problem === "over" ? "session_over" : "not_saved") : ""));
