// A page of text: how far it was read; done at its end.
import { dwell } from "./dom.js";
import { duration, leave, report, state, status } from "./xapi.js";

const STEP = 10; // per cent between two reports
const article = document.querySelector("main article");
let furthest = 0;
let told = 0;
let done = false;
let timer = 0;

for (const link of article.querySelectorAll('a[href^="http"]')) {
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}
begin();

async function begin() {
  const saved = await state.get("reading");
  furthest = told = Math.min(100, Math.max(0, Number(saved?.furthest) || 0));
  done = saved?.completed === true;
  report("initialized");
  leave(() => {
    look();
    save();
    report("terminated", { duration: duration() }, { progress: furthest });
  });
  if (saved?.at > 0) scrollTo({ top: saved.at * scrollable(), behavior: "instant" });
  if (furthest) status(done, null, furthest);
  addEventListener("scroll", settle, { passive: true });
  addEventListener("resize", settle, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  look();
  if (!done) dwell(3, atEnd, complete);
}

function settle() {
  clearTimeout(timer);
  timer = setTimeout(() => { look(); save(); }, 400);
}

function look() {
  const box = article.getBoundingClientRect();
  const read = Math.floor(((innerHeight - box.top) / Math.max(1, box.height)) * 100);
  furthest = Math.max(furthest, Math.min(done ? 100 : 99, Math.max(0, read)));
  if (done || furthest < told + STEP) return;
  told = furthest;
  report("progressed", {}, { progress: furthest });
  status(false, null, furthest);
}

function complete() {
  done = true;
  furthest = told = 100;
  report("completed", { completion: true, duration: duration() }, { progress: 100 });
  status(true, null, 100);
  save();
}

function save() {
  const at = scrollable() > 0 ? Math.round((scrollY / scrollable()) * 10_000) / 10_000 : 0;
  state.put("reading", { at, furthest, completed: done }, (stored, newer) => ({
    at: newer.at || stored.at,
    furthest: Math.max(newer.furthest, Number(stored.furthest) || 0),
    completed: newer.completed || stored.completed === true,
  }));
}

function scrollable() {
  return document.documentElement.scrollHeight - innerHeight;
}

function atEnd() {
  return article.getBoundingClientRect().bottom <= innerHeight + 8;
}
