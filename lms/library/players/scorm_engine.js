// scorm-again behind one interface for all editions: `open()` finds where to begin, `go(request, target)` asks to move.
// SCORM 1.2 knows no sequencing: there the order of the list holds, and every unit may be chosen.
import { beginning, is12, isOver, kept, totals } from "./scorm_data.js";
import { refuseForeign } from "./scorm_guard.js";
import { config } from "./xapi.js";

const AUTOCOMMIT = 10; // seconds after a value was set

export class Engine {
  /** @param {object} told - `deliver(unit)`, `ended(request)`, `changed(unit)`, `left()`, `choose()`, `nothing()`, called
   * when the time has come
   * @param {Queue} queue */
  constructor(queue, told) {
    this.queue = queue;
    this.told = told;
    this.leaves = config.units.filter((unit) => unit.href !== null);
    this.unit = null;
    this.api = this.make();
    if (!is12) this.restore(this.api);
    globalThis[is12 ? "API" : "API_1484_11"] = this.api;
  }

  /** Begin where the learner stopped, at the unit asked for, or at the beginning. */
  open(asked) {
    const wanted = this.find(asked);
    if (is12) return this.deliver(wanted ?? this.find(config.course?.current) ?? this.fresh());
    const current = this.find(this.current());
    if (current && (wanted ?? current) === current && !isOver(current)) return this.deliver(current); // cut off, or paused
    if (wanted && this.leads("choice", asked)) return this.request("choice", asked);
    for (const request of ["resumeAll", "start", "continue"]) if (this.leads(request)) return this.request(request);
    const choices = this.leaves.filter((unit) => this.leads("choice", unit.identifier));
    if (current && this.leaves.length > 1 && choices.length) return this.told.choose();
    if (choices.length) return this.request("choice", choices[0].identifier);
    return this.again(current);
  }

  // All is done, and no choice is allowed: the course begins anew if it may; who looks around sees it all the same.
  again(current) {
    if (current) this.request("exitAll", undefined, false);
    if (this.leads("start")) return this.request("start");
    return current && config.mode !== "Normal" ? this.deliver(current) : this.told.nothing();
  }

  fresh() {
    const shown = this.leaves.filter((unit) => unit.visible);
    return shown.find((unit) => !kept.get(unit.identifier)) ?? shown[0] ?? this.leaves[0];
  }

  /** Tell whether a request would be granted, tried on a copy. */
  possible(request, target) { return this.tried(request, target).granted; }

  /** Tell whether a request would open a unit; one that is granted without may end the course. */
  leads(request, target) { return this.tried(request, target).opens; }

  tried(request, target) {
    if (is12) {
      const found = this.beside(request, target) !== undefined;
      return { granted: found, opens: found };
    }
    const copy = this.make(false);
    let opens = false;
    copy.setSequencingEventListeners({ onActivityDelivery: () => { opens = true; } });
    copy.deserializeSequencingState(this.api.serializeSequencingState());
    opens = false;
    if (this.unit && this.running()) copy.loadFromJSON(this.api.renderCommitCMI(false).cmi);
    const granted = copy.processNavigationRequest(request, target) === true;
    return { granted, opens: granted && opens };
  }

  running() { return this.api.isInitialized(); }

  /** Move on: the unit in the frame has been taken away, and is ended here if it did not end itself.
   * @returns {boolean} whether it leads anywhere */
  go(request, target) {
    if (this.running()) {
      if (request === "suspendAll") this.api.SetValue?.("cmi.exit", "suspend") ?? this.api.LMSSetValue("cmi.core.exit", "suspend");
      this.asked = { request, target };
      if (is12) this.api.LMSFinish("");
      else { this.api.adl.nav.request = target ? `{target=${target}}${request}` : request; this.api.Terminate(""); }
      return true;
    }
    if (!is12) return this.request(request, target);
    return this.follow(request, target);
  }

  request(request, target, leaving = true) {
    this.sessionEnded = false;
    const going = this.api.processNavigationRequest(request, target);
    this.note();
    if (going && this.sessionEnded && !this.next && leaving) this.told.left(); // beyond the last unit the course ends
    return going;
  }

  /** Keep what the unit has set since it committed last: the page is left, or out of sight. */
  save() {
    if (!this.unit || !this.running()) return;
    const data = structuredClone(this.api.renderCommitCMI(false));
    if (JSON.stringify(data.cmi) !== JSON.stringify(kept.get(this.unit.identifier))) this.keep(data, false);
  }

  /** Count a page without a program as done when it is shown. */
  shown() {
    if (this.unit.kind !== "asset") return;
    const cmi = is12 ? { core: { lesson_status: "completed" } } : { completion_status: "completed" };
    this.keep({ cmi }, false);
  }

  find(identifier) { return this.leaves.find((unit) => unit.identifier === identifier); }

  current() { return this.api.getSequencingState().currentActivity?.id; }

  /** What the rollup says of the whole course (SN, RB.1): completed and satisfied are true, false, or null for unknown. */
  rollup() {
    const { completionStatus, successStatus } = this.api.getSequencingState().rootActivity ?? {};
    return {
      completed: { completed: true, incomplete: false }[completionStatus] ?? null,
      satisfied: { passed: true, failed: false }[successStatus] ?? null,
    };
  }

  // -- inside --

  make(real = true) {
    const service = { processHttpRequest: (_url, _data, end) => this.commit(end), updateSettings() {} };
    const common = { logLevel: 5, autocommit: real, autocommitSeconds: AUTOCOMMIT, ...(real ? { lmsCommitUrl: config.commit, httpService: service } : {}) };
    if (is12) return this.watched(new globalThis.Scorm12API({ ...common, mastery_override: true, autoCompleteLessonStatus: true }));
    const api = new globalThis.Scorm2004API({ ...common, sequencing: sequencing() });
    if (!real) return api;
    api.setSequencingEventListeners({
      onActivityDelivery: (activity) => { this.next = activity.id; if (!this.ending) this.arrive(); },
      onSequencingSessionEnd: () => { this.sessionEnded = true; },
    });
    return this.watched(api);
  }

  // What a unit's end leads to is done after its call has come back: it may still be running.
  watched(api) {
    refuseForeign(api, is12 ? "LMS" : "");
    if (is12) { noStatusYet(api); refuseAfterFinish(api); }
    const name = is12 ? "LMSFinish" : "Terminate";
    const end = api[name];
    api[name] = (parameter) => {
      this.ending = true;
      const wanted = is12 ? null : api.adl.nav.request;
      const result = end.call(api, parameter);
      this.ending = false;
      if (result === "true" && this.last) this.over(wanted);
      return result;
    };
    return api;
  }

  over(wanted) {
    const { request, target } = this.asked ?? {};
    const final = this.last;
    this.last = this.asked = null;
    this.keep(final, true);
    const asked = request ?? (wanted && wanted !== "_none_" ? wanted : null);
    const leaving = /^(exitAll|suspendAll|abandonAll)$/.test(asked ?? "");
    setTimeout(() => {
      if (this.next) return this.arrive();
      if (leaving || (this.sessionEnded && !is12)) return this.told.left();
      if (is12 && request) return this.follow(request, target);
      return this.told.ended(Boolean(request));
    });
  }

  arrive() {
    const unit = this.find(this.next);
    this.next = null;
    this.sessionEnded = false;
    if (unit) setTimeout(() => this.deliver(unit));
  }

  deliver(unit) {
    this.unit = unit;
    if (is12) { this.api = this.make(); globalThis.API = this.api; } else this.api.reset(undefined, { resetTotalTime: true });
    this.api.loadFromJSON(beginning(unit));
    this.told.deliver(unit);
    return true;
  }

  follow(request, target) {
    if (/^(exitAll|suspendAll)$/.test(request)) { this.told.left(); return true; }
    const unit = this.beside(request, target);
    return unit ? this.deliver(unit) : false;
  }

  beside(request, target) {
    const at = this.leaves.indexOf(this.unit);
    if (request === "choice") return this.find(target);
    const shown = (from, step) => {
      for (let index = from + step; this.leaves[index]; index += step) if (this.leaves[index].visible) return this.leaves[index];
    };
    return { continue: shown(at, 1), previous: at > 0 ? shown(at, -1) : undefined }[request];
  }

  commit(end) {
    const data = structuredClone(this.api.renderCommitCMI(end));
    if (end) this.last = data; // sent once the course has followed
    else if (this.queue.lost) return { result: "false", errorCode: is12 ? 101 : 391 };
    else this.keep(data, false);
    return { result: "true", errorCode: 0 };
  }

  keep(data, final) {
    const unit = this.unit.identifier;
    const spent = this.unit.kind === "asset" ? null : this.api.cmi.getCurrentTotalTime();
    kept.set(unit, data.cmi);
    if (spent) totals.set(unit, spent);
    this.queue.add({ unit, cmi: data, course: this.course(), final });
    this.told.changed(this.unit);
  }

  // The course has moved without a unit having said anything.
  note() {
    if (this.unit && kept.has(this.unit.identifier)) this.keep({ cmi: kept.get(this.unit.identifier) }, false);
  }

  course() {
    const common = { current: this.unit?.identifier, totals: Object.fromEntries(totals) };
    if (is12) return common;
    return { ...common, rollup: this.rollup(), sequencing: this.api.serializeSequencingState(), shared: this.api.captureSharedDataSnapshot() };
  }

  restore(api) {
    if (config.course?.sequencing) api.deserializeSequencingState(config.course.sequencing);
    if (config.course?.shared) api.restoreSharedDataSnapshot(config.course.shared);
  }
}

// scorm-again holds a time limit against an activity that has not begun; what SCORM asks of it is to tell the unit
// (`cmi.max_time_allowed`; RTE, 4.2.15), and the unit is told.
function sequencing() {
  const copy = structuredClone(config.sequencing);
  const waiting = [copy.activityTree];
  for (const activity of waiting) {
    delete activity.attemptAbsoluteDurationLimit;
    waiting.push(...(activity.children ?? []));
  }
  return copy;
}

// scorm-again goes on taking values after LMSFinish; a unit of SCORM 1.2 is to hear that it is not initialized (RTE, 3.3).
function refuseAfterFinish(api) {
  let refused = false;
  for (const [name, answer] of [["LMSGetValue", ""], ["LMSSetValue", "false"], ["LMSCommit", "false"]]) {
    const call = api[name];
    api[name] = (...given) => {
      refused = api.isTerminated();
      return refused ? answer : call.apply(api, given);
    };
  }
  const last = api.LMSGetLastError;
  api.LMSGetLastError = () => (refused ? "301" : last.call(api));
}

// scorm-again takes "not attempted" for a status that the unit has set; a unit that sets none is completed by LMSFinish.
function noStatusYet(api) {
  const begin = api.LMSInitialize;
  api.LMSInitialize = (...given) => {
    const result = begin.apply(api, given);
    if (result === "true" && api.cmi.core.lesson_status === "not attempted") api.statusSetByModule = false;
    return result;
  };
}
