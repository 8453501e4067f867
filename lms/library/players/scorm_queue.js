// Commits on their way to the server: one at a time, in order, kept until they are there. What leaves with the page is
// sent by requests that outlive it; browsers let those carry about 60 kB.
import { config } from "./xapi.js";

const KEEPALIVE = 60_000;
const WAITS = [1, 2, 4, 8, 15, 30]; // seconds
const HEADERS = { "Content-Type": "application/json", "X-Khue-Launch": config.shown };

export class Queue {
  /** @param {function(string|null)} news - told "saving", "stale", "session_over", "refused", or null when all is well */
  constructor(news) {
    this.news = news;
    this.waiting = [];
    this.sending = null;
    this.over = config.mode !== "Normal"; // nothing is kept of looking around
    this.lost = false; // what is committed now is kept nowhere
    this.tries = 0;
    const known = Object.values(config.state).map((one) => one.sequence);
    this.sequence = Math.max(0, ...known);
    addEventListener("online", () => { if (this.timer) this.next(); });
    addEventListener("pagehide", () => this.hurry());
    addEventListener("pageshow", (event) => { if (event.persisted) this.back(); });
  }

  /** Keep what a unit has; of several that wait for one unit the newest is enough, unless one ended the session.
   * @param {{unit: string, cmi: object, course: object, final: boolean}} commit */
  add(commit) {
    if (this.over) return;
    const last = this.waiting.at(-1);
    if (last && last.unit === commit.unit && !last.final) this.waiting.pop();
    this.waiting.push({ ...commit, sequence: ++this.sequence });
    if (this.leaving) this.hurry();
    else if (!this.sending && !this.timer) this.next();
  }

  /** A promise that is kept once nothing waits. */
  settled() {
    if (this.over || (!this.sending && !this.waiting.length)) return Promise.resolve();
    return new Promise((done) => { this.done = done; });
  }

  async next() {
    clearTimeout(this.timer);
    this.timer = null;
    this.sending = this.waiting.shift() ?? null;
    if (!this.sending) { this.done?.(); return; }
    this.flight = new AbortController();
    const { signal } = this.flight;
    const answer = await post(this.sending, signal).catch(() => null);
    if (signal.aborted) return;
    if (answer?.ok) this.fine();
    else if (answer && answer.status < 500 && answer.status !== 429) this.refused(answer.status);
    else this.again();
  }

  fine() {
    this.tries = 0;
    if (this.troubled) { this.troubled = false; this.news(null); }
    this.next();
  }

  refused(status) {
    if (status === 400 || status === 413) { this.news("refused"); this.sending = null; this.next(); return; }
    this.over = this.lost = true; // taken over by another launch, or the launch's time is up
    this.waiting = [];
    this.sending = null;
    this.news(status === 409 ? "stale" : "session_over");
    this.done?.();
  }

  again() {
    this.waiting.unshift(this.sending);
    this.sending = null;
    this.troubled = true;
    this.news("saving");
    this.timer = setTimeout(() => this.next(), WAITS[Math.min(this.tries++, WAITS.length - 1)] * 1000);
  }

  // The page is going: everything is sent at once. What was on its way is called back and sent with it, or left out where
  // a newer state of the same unit is there: together they may not be larger than browsers carry.
  hurry() {
    this.leaving = true;
    this.flight?.abort();
    const all = [...(this.sending ? [this.sending] : []), ...this.waiting];
    this.sending = null;
    this.waiting = all.filter((one, index) => one.final || all[index + 1]?.unit !== one.unit);
    if (!this.waiting.length) return;
    const last = this.waiting.at(-1);
    for (const one of this.waiting) {
      const flight = new AbortController();
      post(one, flight.signal, true).catch(() => {});
      if (one === last && !one.final) { this.flight = flight; this.sending = one; }
    }
    this.waiting = [];
  }

  // The page was kept by the browser and is here again; what left with it is sent once more, which changes nothing.
  back() {
    this.leaving = false;
    if (this.sending) this.waiting.unshift(this.sending);
    if (this.waiting.length) this.next();
  }
}

async function post(commit, signal, leaving = false) {
  const body = JSON.stringify(commit);
  const keepalive = new TextEncoder().encode(body).length < KEEPALIVE;
  if (leaving && !keepalive) return large(commit, body);
  const request = { method: "POST", headers: HEADERS, body, signal };
  try { return await fetch(config.commit, { ...request, keepalive }); } catch (error) {
    if (!keepalive || signal.aborted) throw error;
    return fetch(config.commit, request); // too much may be on its way by keepalive
  }
}

// Too large to outlive the page: a browser that lets a page wait while it goes waits; otherwise what the unit has goes
// without the state of the course, which the server still has from before.
async function large(commit, body) {
  try {
    const request = new XMLHttpRequest();
    request.open("POST", config.commit, false);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    request.send(body);
    return null;
  } catch {
    return fetch(config.commit, { method: "POST", headers: HEADERS, keepalive: true, body: JSON.stringify({ ...commit, course: null }) });
  }
}
