// A video or sound recording, told as the xAPI Video Profile asks (https://w3id.org/xapi/video, version 1.0.3).
import { el, fault, word } from "./dom.js";
import { merge, parsed, progress, third, written } from "./segments.js";
import { config, duration, leave, report, state, status, uuid } from "./xapi.js";

const PROFILE = "https://w3id.org/xapi/video";
const X = `${PROFILE}/extensions/`;
const THRESHOLD = 0.95;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const MOST_SEGMENTS = 200;
const { properties, kind } = config;
const place = document.querySelector("main");

const media = el(kind === "audio" ? "audio" : "video", {
  controls: true, preload: "metadata", src: config.base + config.file, "aria-label": config.title,
  ...(kind === "audio" ? {} : { playsInline: true, poster: properties.poster ? file(properties.poster) : "" }),
  ...(properties.download ? {} : { controlsList: "nodownload" }),
});
const cue = el("p", { className: "cue", hidden: true, "aria-live": "off" });
const speed = el("select", { id: "speed", onchange: () => { media.playbackRate = Number(speed.value); } },
  ...SPEEDS.map((one) => el("option", { value: one, selected: one === 1 }, `${one.toLocaleString(config.lang)}×`)));

let session = null; // id of the initialized statement
let segments = []; // closed, in chronological order, of all sessions of this registration
let from = null; // start of the open segment
let at = 0; // last position reached by playing
let origin = null; // where a seek began
let target = 0; // where it went
let spent = 0; // seconds of playing, of all sessions
let since = null;
let done = false;
let paused = false; // whether a paused statement closes what was told
let shown = -1; // progress last told to the page around
let seekTimer = 0;
let quietUntil = 0;

prepare();

async function prepare() {
  addTracks();
  place.append(el("div", { className: `stage ${kind}` }, media, cue), el("p", { className: "under" }, el("label", { htmlFor: "speed" }, word("speed")), " ", speed));
  const saved = await state.get("played");
  restore(saved);
  if (media.error) return failed();
  if (media.readyState >= 1) begin(saved);
  else media.addEventListener("loadedmetadata", () => begin(saved), { once: true });
  media.addEventListener("error", failed, { once: true });
}

function failed() {
  if (session === null) fault(place, "cannot_play", properties.download ? media.currentSrc : null);
}

function restore(saved) {
  segments = parsed(saved?.segments);
  spent = Math.max(0, Number(saved?.spent) || 0);
  done = saved?.completed === true;
  if (SPEEDS.includes(saved?.rate)) media.playbackRate = speed.value = saved.rate;
}

function begin(saved) {
  const resume = Number(saved?.time) || 0;
  if (resume > 1 && resume < length() - 1) {
    media.currentTime = resume;
    at = resume;
  } else at = media.currentTime;
  session = uuid();
  tell("initialized", {}, {}, { id: session, surroundings: { ...surroundings(), ...threshold() } });
  share();
  listen();
  if (!media.paused) playing();
}

function listen() {
  media.addEventListener("playing", playing);
  media.addEventListener("timeupdate", moved);
  media.addEventListener("pause", stopped);
  media.addEventListener("ended", stopped);
  media.addEventListener("waiting", moved);
  media.addEventListener("seeking", seeking);
  media.addEventListener("seeked", () => { clearTimeout(seekTimer); seekTimer = setTimeout(sought, 300); });
  media.addEventListener("volumechange", interacted);
  media.addEventListener("ratechange", () => { speed.value = media.playbackRate; interacted(); save(); });
  media.textTracks.addEventListener("change", interacted);
  document.addEventListener("fullscreenchange", interacted);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  setInterval(() => { if (!media.paused) save(); }, 10_000);
  leave(terminated);
}

// -- playing ----------------------------------------------------------------------------------------------------------

function playing() {
  sought();
  if (from !== null) return;
  from = at = third(media.currentTime);
  since = performance.now();
  paused = false;
  tell("played", {}, { [`${X}time`]: from });
}

function moved() {
  if (from === null || media.seeking || origin !== null) return;
  at = Math.max(at, third(media.currentTime));
  if (!done && watched() >= THRESHOLD) completed();
  share();
}

function stopped() {
  if (media.seeking || origin !== null) sought();
  if (from === null) return;
  if (media.currentTime > at) at = third(media.currentTime);
  if (media.ended && Number.isFinite(media.duration)) at = third(media.duration);
  close();
  pausedStatement();
  if (!done && watched() >= THRESHOLD) completed();
  share();
  save();
}

function close() {
  if (from === null) return;
  if (at > from) segments.push([from, at]);
  if (segments.length > MOST_SEGMENTS) segments = merge(segments);
  from = null;
  clock();
}

function clock() {
  if (since !== null) spent += (performance.now() - since) / 1000;
  since = from === null ? null : performance.now();
}

function seeking() {
  clearTimeout(seekTimer);
  target = third(media.currentTime);
  if (origin !== null || Math.abs(media.currentTime - at) < 0.01) return;
  origin = at;
}

// One statement a jump, however long the handle was dragged.
function sought() {
  clearTimeout(seekTimer);
  if (origin === null) return;
  const went = from !== null;
  close();
  tell("seeked", {}, { [`${X}time-from`]: third(origin), [`${X}time-to`]: target, ...extent() });
  origin = null;
  at = target;
  if (went && !media.paused) {
    from = target;
    since = performance.now();
  }
  save();
}

function watched() {
  return progress(from === null ? segments : [...segments, [from, at]], length());
}

function length() {
  return Number.isFinite(media.duration) ? media.duration : Number(properties.duration) || 0;
}

// -- telling ----------------------------------------------------------------------------------------------------------

function pausedStatement() {
  paused = true;
  tell("paused", {}, { [`${X}time`]: third(at), ...extent() }, { surroundings: threshold() });
}

function completed() {
  done = true;
  clock();
  const extensions = { [`${X}time`]: third(at), ...extent() };
  tell("completed", { completion: true, duration: duration(spent) }, extensions, { surroundings: threshold() });
  save();
}

function terminated() {
  if (!media.paused || from !== null) {
    if (origin !== null) sought();
    else moved();
  }
  close();
  if (!paused) pausedStatement();
  tell("terminated", {}, { [`${X}time`]: third(at), ...extent() }, { surroundings: threshold() });
  save();
}

function interacted() {
  clearTimeout(quietUntil);
  quietUntil = setTimeout(() => {
    tell("interacted", {}, { [`${X}time`]: third(media.currentTime) }, { surroundings: surroundings() });
  }, 800);
}

function tell(verb, result, extensions, { id, surroundings: around = {} } = {}) {
  report(verb, result, extensions, {
    id,
    definition: { type: `${PROFILE}/activity-type/video` },
    context: {
      contextActivities: { category: [{ id: PROFILE }] },
      extensions: { [`${X}session-id`]: session, [`${X}length`]: third(length()), ...around },
    },
  });
}

function extent() {
  const all = from === null ? segments : [...segments, [from, at]];
  const share = watched();
  return { [`${X}progress`]: share, [`${X}played-segments`]: written(all), progress: Math.floor(share * 100) };
}

function threshold() {
  return { [`${X}completion-threshold`]: THRESHOLD };
}

function surroundings() {
  const track = [...media.textTracks].find((one) => one.mode === "showing" || one === spoken());
  const box = media.getBoundingClientRect();
  return {
    [`${X}cc-enabled`]: Boolean(track), [`${X}cc-subtitle-enabled`]: Boolean(track),
    [`${X}cc-subtitle-lang`]: track?.language || config.lang,
    [`${X}full-screen`]: document.fullscreenElement !== null,
    [`${X}screen-size`]: `${screen.width}x${screen.height}`,
    [`${X}video-playback-size`]: `${Math.round(box.width)}x${Math.round(box.height)}`,
    [`${X}speed`]: `${media.playbackRate}x`, [`${X}user-agent`]: navigator.userAgent,
    [`${X}volume`]: media.muted ? 0 : third(media.volume),
    ...(media.videoHeight ? { [`${X}quality`]: media.videoHeight } : {}),
  };
}

function share() {
  const now = done ? 100 : Math.floor(watched() * 100);
  if (now !== shown) status(done, null, now);
  shown = now;
}

function save() {
  clock();
  const all = from === null ? segments : [...segments, [from, at]];
  const value = { time: media.ended ? 0 : third(at), segments: written(all), spent: Math.round(spent), completed: done, rate: media.playbackRate };
  state.put("played", value, (stored, newer) => ({
    ...newer, segments: written(merge([...parsed(stored.segments), ...parsed(newer.segments)])),
    spent: newer.spent + (Number(stored.spent) || 0), completed: newer.completed || stored.completed === true,
  }));
}

// -- subtitles --------------------------------------------------------------------------------------------------------

function file(path) {
  return config.base + path.split("/").map(encodeURIComponent).join("/");
}

function addTracks() {
  const tracks = properties.tracks ?? [];
  const first = tracks.findIndex((track) => track.srclang === config.lang);
  tracks.forEach(({ src, srclang, label, kind: sort }, place_) => {
    media.append(el("track", { src: file(src), srclang, label, kind: sort ?? "subtitles", default: place_ === Math.max(0, first) }));
  });
  if (kind !== "audio" || !tracks.length) return;
  // A recording without a picture has no place for subtitles: they stand below it.
  for (const track of media.textTracks) track.mode = "disabled";
  const track = spoken();
  track.mode = "hidden";
  cue.hidden = false;
  cue.lang = track.language;
  track.addEventListener("cuechange", () => { cue.textContent = [...(track.activeCues ?? [])].map((one) => one.text).join("\n"); });
}

function spoken() {
  if (kind !== "audio") return null;
  return [...media.textTracks].find((track) => track.language === config.lang) ?? media.textTracks[0] ?? null;
}
