// What a player tells the record store and the page around it. Statements wait in a queue until they are kept; documents
// of the State resource are written one after another, the newest wins. In Browse and Review nothing is told.
export const config = JSON.parse(document.querySelector('script#khue[type="application/json"]').textContent);
export const PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress";

const ADL = "http://adlnet.gov/expapi/verbs/";
const VIDEO = "https://w3id.org/xapi/video/verbs/";
const VERBS = {
  initialized: [ADL, "đã bắt đầu"], progressed: [ADL, "đã học tiếp"], completed: [ADL, "đã hoàn thành"],
  terminated: [ADL, "đã kết thúc"], interacted: [ADL, "đã tương tác"],
  played: [VIDEO, "đã phát"], paused: [VIDEO, "đã tạm dừng"], seeked: [VIDEO, "đã tua"],
};
const MOST = 500; // statements kept while the store is away
const BATCH = 25;
const KEEPALIVE = 60_000; // bytes that browsers send after a page has gone
const recording = config.mode === "Normal";
const around = window.parent;
const { endpoint, auth, actor, registration, activity } = config.xapi;
const shelf = `khue ${registration} ${activity}`;
const opened = Date.now();
const size = (text) => new TextEncoder().encode(text).length;

/** Make a statement about this activity and send it as soon as possible.
 * @param {string|object} verb - a word of VERBS, an IRI, or a verb object
 * @param {object} result - an xAPI result
 * @param {object} extensions - result extensions; `progress` stands for cmi5's (0 to 100)
 * @param {object} more - id, context extensions and activities, definition of the activity, another object
 * @returns {string} the id of the statement */
export function report(verb, result = {}, extensions = {}, more = {}) {
  const id = more.id ?? uuid();
  if (!recording) return id;
  const { progress, ...named } = extensions;
  const all = { ...result.extensions, ...named, ...(progress === undefined ? {} : { [PROGRESS]: progress }) };
  const whole = { ...result, ...(Object.keys(all).length ? { extensions: all } : {}) };
  queue.push(wellFormed({
    id, actor, verb: verbOf(verb), timestamp: new Date().toISOString(),
    object: more.object ?? { objectType: "Activity", id: activity, ...(more.definition ? { definition: more.definition } : {}) },
    ...(Object.keys(whole).length ? { result: whole } : {}),
    context: { ...more.context, registration },
  }));
  if (queue.length > MOST) queue.splice(0, queue.length - MOST);
  keep();
  wake();
  return id;
}

/** Tell the page around the player how far the learner is. */
export function status(completed, success, progress) {
  if (recording) tellAround({ khue: "status", completed, success, progress });
}

/** Say something to the page of the application around the player, if there is one. */
export function tellAround(message) {
  if (around !== window) around.postMessage(message, config.app);
}

/** Documents of the State resource, for this learner, registration and activity. */
export const state = {
  /** @returns {Promise<any>} the document; null when there is none or the store is away */
  async get(id) {
    if (!recording) return null;
    for (const pause of [400, 1500, null]) {
      try {
        const document = await load(id);
        unread.delete(id);
        return document;
      } catch {
        if (pause !== null) await new Promise((done) => setTimeout(done, pause));
      }
    }
    unread.add(id);
    return null;
  },
  /** Write a document. When it could not be read before, `merge(stored, value)` says what becomes of both. */
  put(id, value, merge = (_stored, newer) => newer) {
    if (!recording) return;
    documents.set(id, { value, merge });
    wake();
  },
};

/** Call `last` when the learner leaves the page, before everything is sent for the last time. */
export function leave(last) {
  goodbyes.push(last);
}

/** Call `listener(problem)` whenever sending fails ("away", "over": the session has ended) or works again (null). */
export function troubled(listener) {
  listeners.push(listener);
}

/** The time since the player was opened, or the given seconds, as an ISO 8601 duration. */
export function duration(seconds = (Date.now() - opened) / 1000) {
  return `PT${Math.max(0, Math.round(seconds * 100) / 100)}S`;
}

/** A random UUID, also where the page is served without TLS and browsers offer none. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// -- sending ----------------------------------------------------------------------------------------------------------

const queue = remembered();
const documents = new Map();
const unread = new Set();
const found = new Map();
const goodbyes = [];
const listeners = [];
let sending = 0; // statements on their way, from the front of the queue
let busy = false;
let over = false;
let gone = false;
let wait = 0;
let timer = 0;

function verbOf(verb) {
  if (typeof verb !== "string") return verb;
  const known = VERBS[verb];
  return known ? { id: known[0] + verb, display: { vi: known[1], en: verb } } : { id: verb };
}

// The record store takes text only: no NUL, no half of a surrogate pair.
function wellFormed(value) {
  if (typeof value === "string") return value.replace(/\0|\p{Surrogate}/gu, "\ufffd");
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [wellFormed(key), wellFormed(part)]));
}

function remembered() {
  try {
    const kept = recording ? JSON.parse(localStorage.getItem(shelf)) : null;
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    if (queue.length) localStorage.setItem(shelf, JSON.stringify(queue));
    else localStorage.removeItem(shelf);
  } catch {
    // storage is refused or full: the queue lives as long as the page
  }
}

function wake(after = 0) {
  if (busy || over || gone || (wait && !after)) return;
  clearTimeout(timer);
  timer = setTimeout(work, after);
}

async function work() {
  if (busy || over) return;
  busy = true;
  try {
    while (queue.length && !gone) await sendSome();
    for (const id of [...documents.keys()]) await write(id);
    wait = 0;
    tell(null);
  } catch (problem) {
    over = problem.over === true;
    wait = Math.min(60_000, (wait || 1000) * 2);
    tell(over ? "over" : "away");
  }
  busy = false;
  if (!over && (queue.length || documents.size)) wake(wait || 1);
}

function tell(problem) {
  for (const listener of listeners) listener(problem);
}

async function sendSome() {
  const some = portion();
  sending = some.length;
  try {
    const answer = await ask("POST", "statements", JSON.stringify(some));
    if (answer.ok || some.length === 1) return taken(some, answer);
    for (const one of some) taken([one], await ask("POST", "statements", JSON.stringify([one])));
  } finally {
    sending = 0;
  }
}

function portion() {
  let length = 0;
  const enough = queue.slice(0, BATCH).findIndex((one) => {
    length += size(JSON.stringify(one)) + 2;
    return length > KEEPALIVE / 2;
  });
  return queue.slice(0, enough === -1 ? BATCH : Math.max(1, enough));
}

function taken(some, answer) {
  if (!answer.ok && answer.status !== 409) console.warn(`statement refused: ${answer.status}`, some);
  for (const one of some) {
    const place = queue.indexOf(one);
    if (place !== -1) queue.splice(place, 1);
  }
  keep();
}

async function write(id) {
  const written = documents.get(id);
  if (unread.has(id)) {
    const stored = await load(id);
    if (stored !== null) found.set(id, stored);
    unread.delete(id);
  }
  await ask("PUT", stateAddress(id), documentOf(id));
  if (documents.get(id) === written) documents.delete(id);
}

// What was found only after the player had begun without it goes into every later version.
function documentOf(id) {
  const { value, merge } = documents.get(id);
  return JSON.stringify(found.has(id) ? merge(found.get(id), value) : value);
}

async function load(id) {
  const answer = await ask("GET", stateAddress(id));
  return answer.ok ? answer.json() : null;
}

function stateAddress(id) {
  return `activities/state?${new URLSearchParams({ activityId: activity, agent: JSON.stringify(actor), registration, stateId: id })}`;
}

// What the store will never take (4xx) is an answer; what may work later is thrown.
async function ask(method, address, body) {
  const headers = { Authorization: auth, "X-Experience-API-Version": "1.0.3" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const keepalive = body !== undefined && size(body) < KEEPALIVE;
  const answer = await fetch(endpoint + address, { method, headers, body, keepalive, cache: "no-store" });
  if ([401, 403].includes(answer.status)) throw Object.assign(new Error("session over"), { over: true });
  if (answer.status >= 500 || [408, 425, 429].includes(answer.status)) throw new Error(String(answer.status));
  return answer;
}

// -- leaving ----------------------------------------------------------------------------------------------------------

function sendLast() {
  const rest = queue.slice(sending);
  const ignore = () => {};
  if (rest.length) ask("POST", "statements", JSON.stringify(rest)).then((answer) => taken(rest, answer), ignore);
  for (const id of documents.keys()) {
    if (!unread.has(id)) ask("PUT", stateAddress(id), documentOf(id)).catch(ignore);
  }
}

addEventListener("pagehide", () => {
  if (gone) return;
  for (const last of goodbyes) last();
  gone = true;
  clearTimeout(timer);
  sendLast();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // the session was terminated
addEventListener("online", () => { wait = 0; wake(); });
if (queue.length) wake();
