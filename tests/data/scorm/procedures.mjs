// Walk an activity tree in scorm-again: `{"tree", "steps"}` on standard input; a step is `["ask", request, target]` or
// `["play", {element: value}, navigation request]`. Prints what was delivered, what each step gave, and the tree after.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

globalThis.window = globalThis;
for (const name of ["log", "info", "warn", "debug"]) console[name] = () => {};
const { Scorm2004API } = await import(pathToFileURL(process.argv[2]));
const { tree, steps } = JSON.parse(readFileSync(0, "utf8"));
const delivered = [];
let ended = false;

function make() {
  const api = new Scorm2004API({ logLevel: 5, sequencing: { activityTree: structuredClone(tree) } });
  api.setSequencingEventListeners({
    onActivityDelivery: (activity) => delivered.push(activity.id),
    onSequencingSessionEnd: () => { ended = true; },
  });
  return api;
}

let api = make();
const acts = {
  ask: (request, target) => api.processNavigationRequest(request, target) === true,
  play: (values, request) => {
    api.reset(undefined, { resetTotalTime: true });
    api.Initialize("");
    for (const [name, value] of Object.entries(values)) if (api.SetValue(name, value) !== "true") return `${name}: ${api.GetLastError()}`;
    if (request) api.adl.nav.request = request;
    return api.Terminate("");
  },
  see: (...names) => {
    api.reset(undefined, { resetTotalTime: true });
    api.Initialize("");
    return names.map((name) => api.GetValue(name));
  },
  again: () => {
    const kept = api.serializeSequencingState();
    api = make();
    return api.deserializeSequencingState(kept) !== false;
  },
};
const gave = steps.map(([act, ...given]) => acts[act](...given));
const activities = {};
const walk = (one) => {
  activities[one.id] = { completed: one.completionStatus, satisfied: one.successStatus, measure: one.objectiveMeasureStatus ? one.objectiveNormalizedMeasure : null, amount: one.attemptCompletionAmountStatus ? one.attemptCompletionAmount : null, attempts: one.attemptCount, suspended: one.isSuspended, active: one.isActive, children: one.children.map((child) => child.id) };
  one.children.forEach(walk);
};
const state = api.getSequencingService().getSequencingState();
walk(state.rootActivity);
process.stdout.write(JSON.stringify({ delivered, gave, ended, current: state.currentActivity?.id ?? null, activities }));
