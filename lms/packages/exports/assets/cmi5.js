"use strict";
// A cmi5 assignable unit (cmi5 Quartz, sections 7 to 11) behind window.khueTracker.
window.khueTracker = (() => {
  const began = Date.now();
  const asked = new URLSearchParams(location.search);
  const VERB = "http://adlnet.gov/expapi/verbs/";
  const CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
  const MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon";
  const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
  const STATE = "khue-resume";
  let endpoint = "";
  let key = "";
  let actor = null;
  let launch = null;
  let told = new Set();
  const waiting = new Map();  // by verb: statements that were sent and are not answered yet
  let over = false;
  let failed = null;  // sent last: only one of Passed and Failed may be said in a session (9.3)

  const headers = () => ({
    Authorization: `Basic ${key}`,
    "Content-Type": "application/json",
    "X-Experience-API-Version": "1.0.3",
  });
  const stateUrl = (name) => {
    const query = new URLSearchParams({
      activityId: asked.get("activityId"),
      agent: JSON.stringify(actor),
      registration: asked.get("registration"),
      stateId: name,
    });
    return `${endpoint}activities/state?${query}`;
  };
  const document_ = async (url) => {
    const answer = await fetch(url, { headers: headers() });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const span = () => `PT${((Date.now() - began) / 1000).toFixed(2)}S`;
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const statement = (verb, result, moves) => {
    const context = JSON.parse(JSON.stringify(launch.contextTemplate || {}));
    context.registration = asked.get("registration");
    context.contextActivities = context.contextActivities || {};
    const categories = context.contextActivities.category || [];
    context.contextActivities.category = [...categories, { id: CMI5 }, ...(moves ? [{ id: MOVE_ON }] : [])]
      .filter((one, place, all) => all.findIndex((other) => other.id === one.id) === place);
    if ((verb === "passed" || verb === "failed") && launch.masteryScore !== undefined) {
      context.extensions = { ...context.extensions, [MASTERY]: launch.masteryScore };
    }
    return {
      id: uuid(),
      actor,
      verb: { id: VERB + verb, display: { en: verb } },
      object: { objectType: "Activity", id: asked.get("activityId") },
      ...(result ? { result } : {}),
      context,
      timestamp: new Date().toISOString(),
    };
  };
  const send = async (one, keepalive) => {
    const answer = await fetch(`${endpoint}statements?statementId=${one.id}`, {
      method: "PUT", headers: headers(), body: JSON.stringify(one), keepalive: Boolean(keepalive),
    });
    if (!answer.ok) throw new Error(String(answer.status));
  };
  const recording = () => launch && !over && launch.launchMode === "Normal";
  const once = async (verb, result) => {
    if (told.has(verb)) return;
    if (!waiting.has(verb)) waiting.set(verb, statement(verb, result, true));
    await send(waiting.get(verb), true);
    waiting.delete(verb);
    told.add(verb);
  };
  const store = (place, data, keepalive) => fetch(stateUrl(STATE), {
    method: "PUT", headers: headers(), keepalive: Boolean(keepalive),
    body: JSON.stringify({ location: place, data, told: [...told] }),
  });

  return {
    async start() {
      if (!asked.get("fetch") || !asked.get("endpoint")) return { tracked: false };
      endpoint = asked.get("endpoint").replace(/\/?$/, "/");
      actor = JSON.parse(asked.get("actor"));
      const token = await (await fetch(asked.get("fetch"), { method: "POST" })).json();
      if (!token["auth-token"]) return { tracked: false };
      key = token["auth-token"];
      launch = await document_(stateUrl("LMS.LaunchData"));
      const profile = new URLSearchParams({ agent: JSON.stringify(actor), profileId: "cmi5LearnerPreferences" });
      await document_(`${endpoint}agents/profile?${profile}`);
      await send(statement("initialized"));
      const kept = (await document_(stateUrl(STATE))) || {};
      told = new Set(kept.told || []);
      return { tracked: true, location: kept.location, data: kept.data, back: launch.returnURL };
    },
    async save(place, data) {
      if (recording()) await store(place, data);
    },
    async complete() {
      if (recording()) await once("completed", { completion: true, duration: span() });
    },
    async score(percent, passed) {
      if (!recording() || told.has("passed")) return;
      if (waiting.has("passed")) {
        await once("passed");
        return;
      }
      const mastery = launch.masteryScore;
      if (passed === null && mastery === undefined) return once("completed", { completion: true, duration: span() });
      const scaled = percent / 100;
      const success = mastery === undefined ? passed : scaled >= mastery;
      await once("completed", { completion: true, duration: span() });
      const result = { score: { scaled, raw: percent, min: 0, max: 100 }, success, duration: span() };
      failed = success ? null : result;
      if (success) await once("passed", result);
    },
    finish(place, data) {
      if (!launch || over) return;
      const last = [...waiting.values()]; // sent and not answered yet: the same statements once more
      if (failed) last.push(statement("failed", failed, true));
      if (recording()) store(place, data, true);
      over = true;
      last.push(statement("terminated", { duration: span() }));
      fetch(`${endpoint}statements`, {
        method: "POST", headers: headers(), body: JSON.stringify(last), keepalive: true,
      });
    },
  };
})();
