// Watched parts of a recording: lists of [from, to] in seconds (xAPI Video Profile, played-segments).

/** Seconds with at most three decimals. */
export const third = (seconds) => Math.round(seconds * 1000) / 1000;

/** The same time without overlaps, in order. Gaps smaller than `gap` seconds are closed. */
export function merge(segments, gap = 0) {
  const ordered = segments.filter(([from, to]) => to > from).sort((one, other) => one[0] - other[0]);
  const merged = [];
  for (const [from, to] of ordered) {
    const last = merged.at(-1);
    if (last && from <= last[1] + gap) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** How much of a recording was watched, each part once, 0 to 1 with three decimals, never rounded up. */
export function progress(segments, length) {
  if (!(length > 0) || !Number.isFinite(length)) return 0;
  const within = segments.map(([from, to]) => [Math.max(0, from), Math.min(length, to)]);
  const watched = merge(within).reduce((sum, [from, to]) => sum + to - from, 0);
  return Math.min(1, Math.floor((watched / length) * 1000 + 1e-6) / 1000);
}

/** As the profile writes them: `0[.]10.2[,]12[.]15`. */
export const written = (segments) => segments.map(([from, to]) => `${third(from)}[.]${third(to)}`).join("[,]");

/** What `written` wrote; what is none is left out. */
export const parsed = (text) => String(text ?? "").split("[,]").map((part) => part.split("[.]").map(Number))
  .filter((pair) => pair.length === 2 && pair.every(Number.isFinite) && pair[0] >= 0 && pair[1] > pair[0]);

/** Whole numbers as ranges, `1-4,9`, and back. */
export function ranges(numbers) {
  const parts = merge([...numbers].map((number) => [number, number + 1]));
  return parts.map(([from, to]) => (to - from === 1 ? `${from}` : `${from}-${to - 1}`)).join(",");
}
export function numbers(text, most) {
  const found = new Set();
  for (const [, from, to] of String(text ?? "").matchAll(/(\d+)(?:-(\d+))?/g)) {
    for (let number = Number(from); number <= Math.min(most, Number(to ?? from)); number += 1) found.add(number);
  }
  found.delete(0);
  return found;
}
