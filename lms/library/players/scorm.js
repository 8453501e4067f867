// A SCORM course: the frame of the unit, the list of units, the ways from one to the next.
import { el, notice, word } from "./dom.js";
import { kept, standing, is12 } from "./scorm_data.js";
import { Engine } from "./scorm_engine.js";
import { Queue } from "./scorm_queue.js";
import { config, status, tellAround } from "./xapi.js";

// Units look for their API from frame to frame upwards; beyond this page is another origin, where looking is an error.
window.parent = window;

const place = document.querySelector("main");
const leaves = config.units.filter((unit) => unit.href !== null);
const many = leaves.length > 1;
const frame = el("iframe", { title: config.title, allow: "fullscreen; autoplay" });
const note = el("div", { className: "card", role: "status", hidden: true });
const turns = el("div", { className: "turns" });
const stage = el("div", { className: "stage-scorm" }, note, frame, turns);
const lines = new Map();
const buttons = {};
const absentees = new Map();
let engine = null;
let trouble = null; // with saving; it is shown before all other news

await script(`../../_khue/scorm-again/${is12 ? "scorm12" : "scorm2004"}.min.js`);
place.append(el("div", { className: "course" }, ...(many ? [list()] : []), stage));
if (many) for (const name of ["previous", "continue", "suspend"]) button(name);
const queue = new Queue((news) => { trouble = news; tellNews(null); });
engine = new Engine(queue, { deliver, ended, changed, left, choose: () => say("choose"), nothing: () => say("nothing") });
addEventListener("pagehide", () => engine.save());
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") engine.save(); });
engine.open(config.unit);

function script(src) {
  return new Promise((done, failed) => document.head.append(el("script", { src, onload: done, onerror: failed })));
}

// Without a step in the browser's history: its way back would open one unit under the data of another.
function show(address) {
  frame.contentWindow.location.replace(new URL(address, location).href);
}

function tellNews(key) {
  const told = trouble ?? key;
  notice(told ? word(told) : "");
}

// -- what the engine tells --

function deliver(unit) {
  say(null);
  tellNews(null);
  frame.title = unit.title;
  frame.onload = async () => {
    const missing = await absent(unit);
    if (engine.unit !== unit) return;
    if (missing) say("missing");
    else engine.shown();
  };
  show(config.base + unit.href);
  mark(unit);
}

// Only pages of the package itself can be asked; those elsewhere show what they show.
async function absent(unit) {
  if (/^https?:/.test(unit.href)) return false;
  if (!absentees.has(unit)) {
    const answer = await fetch(config.base + unit.href, { method: "HEAD" }).catch(() => null);
    if (!answer) return false;
    absentees.set(unit, answer.status === 404);
  }
  return absentees.get(unit);
}

function ended(byLearner) {
  turn();
  if (byLearner) say(many ? "choose" : "nothing");
  else if (!many) offerToLeave();
  else tellNews("ended");
}

function changed(unit) {
  const line = lines.get(unit.identifier);
  if (line) line.textContent = short(kept.get(unit.identifier));
  tell();
}

async function left() {
  gone();
  await queue.settled();
  say("left");
  tellAround({ khue: "exit" });
}

// -- what the learner asks --

async function go(request, target) {
  if (!engine.possible(request, target) && request !== "suspendAll") return tellNews("not_yet");
  tellNews(null);
  await away();
  if (!engine.go(request, target)) say(many ? "choose" : "nothing");
}

// Take the unit away first: what it says at its end is still heard.
function away() {
  return new Promise((done) => {
    gone(done);
    setTimeout(done, 1500);
  });
}

function gone(done = null) {
  frame.onload = done;
  show("about:blank");
}

function button(name) {
  buttons[name] = el("button", { type: "button", className: name === "continue" ? "chief" : "", onclick: () => go(name === "suspend" ? "suspendAll" : name) }, word(name));
  turns.append(buttons[name]);
}

function offerToLeave() {
  turns.replaceChildren(el("p", {}, word("ended")), el("button", { type: "button", className: "chief", onclick: left }, word("leave")));
}

// -- the list --

function list() {
  const items = config.units.filter((unit) => unit.visible).map((unit) => {
    const deep = `deep-${Math.min(unit.level - 1, 3)}`;
    if (unit.href === null) return el("li", {}, el("strong", { className: deep }, unit.title));
    const line = el("small", {}, short(kept.get(unit.identifier)));
    lines.set(unit.identifier, line);
    return el("li", {}, el("button", { type: "button", className: deep, "data-unit": unit.identifier, onclick: () => choose(unit) }, el("span", {}, unit.title), line));
  });
  const wide = matchMedia("(min-width: 56rem)");
  const drawer = el("details", { open: wide.matches }, el("summary", {}, word("units")), el("ul", {}, ...items));
  wide.addEventListener("change", () => { drawer.open = wide.matches; });
  return el("nav", { "aria-label": word("units") }, drawer);
}

function choose(unit) {
  if (unit === engine.unit && engine.running()) return;
  const drawer = document.querySelector(".course details");
  if (!matchMedia("(min-width: 56rem)").matches) drawer.open = false;
  go("choice", unit.identifier);
}

function mark(unit) {
  for (const line of document.querySelectorAll("[data-unit]")) {
    if (line.dataset.unit === unit.identifier) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
  turn();
}

function turn() {
  if (!many) return;
  const hidden = engine.unit?.properties.hideLMSUI ?? [];
  for (const name of ["previous", "continue"]) buttons[name].hidden = hidden.includes(name) || !engine.possible(name);
  if (!buttons.continue.hidden) buttons.continue.textContent = word(engine.leads("continue") ? "continue" : "finish");
  buttons.suspend.hidden = hidden.includes("suspendAll");
}

function short(cmi) {
  const { completed, passed, begun } = standing(cmi);
  if (passed !== null) return word(passed ? "passed" : "failed");
  return completed ? word("done") : begun ? word("begun") : "";
}

function say(key) {
  note.hidden = key === null;
  note.textContent = key === null ? "" : word(key);
  frame.hidden = key !== null;
  if (key !== null) turn();
}

// -- what the page around is told --

function tell() {
  const all = leaves.map((unit) => standing(kept.get(unit.identifier)));
  const rollup = is12 ? { completed: null, satisfied: null } : engine.rollup();
  const completed = rollup.completed ?? all.every((one) => one.completed);
  const judged = all.filter((one) => one.passed !== null);
  const success = rollup.satisfied ?? (judged.some((one) => one.passed === false) ? false : completed && judged.length ? true : null);
  status(completed, success, Math.round((100 * all.reduce((sum, one) => sum + one.progress, 0)) / all.length));
}
