// H5P content: shown by h5p-standalone, its xAPI events told as statements of this learner, its state kept for the next
// time. Content that asks nothing is done when it says so (completed, consumed) or when its reader does.
import { el, fault, word } from "./dom.js";
import { config, duration, leave, report, state, status } from "./xapi.js";

const SAVE = 10_000; // milliseconds between two looks at the content's state
const ASKING = /^(completed|consumed|answered|mastered|passed|failed)$/;
const place = document.querySelector("main");
const holder = el("div", {});
let done = false;
let saved = "";

place.append(holder);
begin().catch((problem) => { console.warn(problem); fault(place, "cannot_play"); });

async function begin() {
  const kept = await state.get("h5p");
  done = kept?.done === true;
  await show(kept?.content ?? null);
  globalThis.H5P.externalDispatcher.on("xAPI", (event) => tell(event.data.statement));
  report("initialized");
  leave(() => { save(); report("terminated", { duration: duration() }); });
  setInterval(save, SAVE);
  if (done) status(true, null, 100);
  else if (!(await asks())) offer();
}

async function show(previous) {
  const base = config.base.replace(/\/$/, "");
  await new globalThis.H5PStandalone.H5P(holder, {
    id: "1", h5pJsonPath: base, frameJs: "/_khue/h5p/frame.bundle.js", frameCss: "/_khue/h5p/styles/h5p.css",
    frame: true, copyright: true, icon: false, fullScreen: true, reportingIsEnabled: true, xAPIObjectIRI: config.xapi.activity,
    ...(previous === null ? {} : { saveFreq: 30, contentUserData: [{ state: JSON.stringify(previous) }] }),
  });
}

// -- statements --

function tell(said) {
  const verb = said.verb?.id?.split("/").pop() ?? "";
  const sub = said.object?.id?.match(/[?&]subContentId=([^&]+)/)?.[1];
  const definition = said.object?.definition;
  const { parent, category, grouping } = said.context?.contextActivities ?? {};
  const related = { ...(category ? { category } : {}), ...(sub ? { parent: (parent ?? [{ id: config.xapi.activity }]).map(known) } : {}), ...(grouping ? { grouping: grouping.map(known) } : {}) };
  const more = {
    ...(sub ? { object: { objectType: "Activity", id: name(sub), ...(definition ? { definition } : {}) } } : { definition }),
    context: Object.keys(related).length ? { contextActivities: related } : {},
  };
  if (sub || !ASKING.test(verb)) return void report(said.verb, said.result ?? {}, {}, more);
  report(said.verb, said.result ?? {}, {}, more);
  if (verb === "answered" || verb === "completed" || verb === "consumed") finish(said.result ?? {}, verb);
}

// The main content has been answered: with or without a score, it is done now.
function finish(result, verb) {
  const { score, success } = result;
  const passed = typeof success === "boolean" ? success : null;
  if (verb !== "completed") report("completed", { completion: true, ...(score ? { score } : {}), duration: duration() }, { progress: 100 });
  done = true;
  place.querySelector(".read")?.remove();
  save();
  status(true, passed, 100);
}

// Nothing in it can be right or wrong; that she has read it says the reader herself, where the content does not.
function offer() {
  if (done) return;
  const button = el("button", { type: "button", className: "chief", onclick: () => { complete({}); line.replaceChildren(word("read_noted")); } }, word("read"));
  const line = el("p", { className: "read", role: "status" }, button);
  place.append(line);
}

function complete(result) {
  if (done) return;
  done = true;
  report("completed", { completion: true, ...result, duration: duration() }, { progress: 100 });
  save();
  status(true, null, 100);
}

function known(activity) {
  const sub = activity.id?.match(/[?&]subContentId=([^&]+)/)?.[1];
  return { objectType: "Activity", id: sub ? name(sub) : config.xapi.activity };
}

// A part's own id is a UUID; under the unit's address stands nothing that the record store does not know.
function name(sub) {
  return `urn:uuid:${decodeURIComponent(sub)}`;
}

// -- the content itself --

const inside = () => holder.querySelector("iframe")?.contentWindow?.H5P ?? globalThis.H5P;

function save() {
  let content;
  try { content = inside().instances?.[0]?.getCurrentState?.(); } catch { return; }
  const text = JSON.stringify({ content, done });
  if (text === saved || (content === undefined && !done)) return;
  saved = text;
  state.put("h5p", { content, done });
}

/** Tell whether the content asks something: its score is then what ends it. */
async function asks() {
  for (let tries = 0; tries < 40; tries += 1) {
    const instance = inside().instances?.[0];
    if (instance) return typeof instance.getMaxScore === "function" && instance.getMaxScore() > 0;
    await new Promise((soon) => setTimeout(soon, 250));
  }
  throw new Error("the content did not start");
}
