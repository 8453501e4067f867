// What a unit finds when it begins: what the manifest says of it, and what it left behind.
import { config } from "./xapi.js";

export const is12 = config.edition === "1.2";
const MODES = { Normal: ["normal", "credit"], Browse: ["browse", "no-credit"], Review: ["review", "no-credit"] };

/** Unit identifier -> the data that it committed last (`cmi` of scorm-again's commit). */
export const kept = new Map(Object.entries(config.state).map(([unit, { cmi }]) => [unit, cmi?.cmi ?? {}]));

/** Time spent in each unit before this session. */
export const totals = new Map(Object.entries(config.course?.totals ?? {}));

/** Return the data with which a unit begins, for `loadFromJSON`. */
export function beginning(unit) {
  const [mode, credit] = MODES[config.mode];
  const old = structuredClone(kept.get(unit.identifier) ?? null);
  return is12 ? older(unit, old, mode, credit) : newer(unit, old, mode, credit);
}

function older(unit, old, lesson_mode, credit) {
  const { masteryScore, maxTimeAllowed, timeLimitAction, dataFromLMS } = unit.properties;
  const core = old?.core ?? {};
  const entry = !old ? "ab-initio" : core.exit === "suspend" || !ended(core) ? "resume" : "";
  const { exit, session_time, ...before } = core;
  return {
    ...old,
    launch_data: dataFromLMS ?? "",
    student_data: { ...old?.student_data, mastery_score: text(masteryScore), max_time_allowed: maxTimeAllowed ?? "", time_limit_action: timeLimitAction ?? "" },
    core: {
      ...before, entry, credit, lesson_mode,
      ...given({ lesson_status: core.lesson_status }),
      student_id: config.learner.id, student_name: config.learner.name,
      total_time: totals.get(unit.identifier) ?? "0000:00:00.00",
    },
  };
}

// SCORM 2004: who left for good begins a new attempt with nothing but the time; whoever was cut off goes on (RTE, 4.2.8).
function newer(unit, old, mode, credit) {
  const { scaledPassingScore, completionThreshold, maxTimeAllowed, timeLimitAction, dataFromLMS } = unit.properties;
  const goesOn = old && (old.exit === "suspend" || !ended(old) || config.mode === "Review");
  const { exit, session_time, ...before } = goesOn ? old : {};
  return {
    ...before, mode, credit, entry: goesOn ? "resume" : "ab-initio",
    launch_data: dataFromLMS ?? "",
    learner_id: config.learner.id, learner_name: config.learner.name,
    ...given({ max_time_allowed: maxTimeAllowed, time_limit_action: timeLimitAction, scaled_passing_score: text(scaledPassingScore), completion_threshold: text(completionThreshold) }),
    total_time: goesOn ? totals.get(unit.identifier) ?? "PT0S" : "PT0S",
  };
}

function ended(data) {
  return Boolean(data.total_time); // only the commit of the end has it
}

/** Tell whether a unit of SCORM 2004 was left for good, so that whoever opens it begins a new attempt. */
export function isOver(unit) {
  const data = kept.get(unit.identifier);
  return Boolean(data && ended(data) && data.exit !== "suspend" && config.mode === "Normal");
}

function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}

const text = (value) => (value === undefined || value === null ? "" : String(value));

/** Tell how a unit stands: completed and passed (true, false, null for unknown) and its progress from 0 to 1. */
export function standing(cmi) {
  if (!cmi) return { completed: null, passed: null, progress: 0, begun: false };
  const status = is12 ? cmi.core?.lesson_status ?? "" : cmi.completion_status ?? "";
  const completed = ["completed", "passed", "failed"].includes(status);
  const said = is12 ? status : cmi.success_status ?? "";
  const passed = said === "passed" ? true : said === "failed" ? false : null;
  return { completed, passed, progress: completed ? 1 : Number(cmi.progress_measure) || 0, begun: true };
}
