// Commits on their way to the server: one at a time, in order, kept until they are there. What leaves with the page is
// sent by requests that outlive it; browsers let those carry about 60 kB.
import { config } from "./xapi.js";

const KEEPALIVE = 60_000;
const WAITS = [1, 2, 4, 8, 15, 30]; // seconds

export class Queue {
  /** @param {function(string|null)} news - told "saving", "stale", "refused", or null when all is well */
  constructor(news) {
    this.news = news;
    this.waiting = [];
    this.sending = null;
    this.over = config.mode !== "Normal"; // nothing is kept of looking around
    this.tries = 0;
    const known = Object.values(config.state).map((one) => one.sequence);
    this.sequence = Math.max(0, ...known);
    addEventListener("online", () => { if (this.timer) this.next(); });
    addEventListener("pagehide", () => this.hurry());
    addEventListener("pageshow", () => { this.leaving = false; });
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

  /** A promise that is kept once nothing waits, or after some seconds. */
  settled(seconds = 5) {
    if (this.over || (!this.sending && !this.waiting.length)) return Promise.resolve();
    return new Promise((done) => { this.done = done; setTimeout(done, seconds * 1000); });
  }

  async next() {
    clearTimeout(this.timer);
    this.timer = null;
    this.sending = this.waiting.shift() ?? null;
    if (!this.sending) { this.done?.(); return; }
    const answer = await post(this.sending).catch(() => null);
    if (this.leaving) return;
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
    this.over = true; // taken over by another launch, or the launch's time is up
    this.waiting = [];
    this.sending = null;
    this.news("stale");
    this.done?.();
  }

  again() {
    this.waiting.unshift(this.sending);
    this.sending = null;
    this.troubled = true;
    this.news("saving");
    this.timer = setTimeout(() => this.next(), WAITS[Math.min(this.tries++, WAITS.length - 1)] * 1000);
  }

  // The page is going: everything is sent at once, and a second time what may be cut off on its way.
  hurry() {
    this.leaving = true;
    const all = [...(this.sending ? [this.sending] : []), ...this.waiting];
    this.sending = null;
    this.waiting = [];
    for (const one of all) post(one).catch(() => {});
  }
}

async function post(commit) {
  const body = JSON.stringify(commit);
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body };
  const keepalive = new TextEncoder().encode(body).length < KEEPALIVE;
  try { return await fetch(config.commit, { ...request, keepalive }); } catch (error) {
    if (!keepalive) throw error;
    return fetch(config.commit, request); // too much may be on its way by keepalive
  }
}
