// Remembers where the reader is: the furthest point, the heading in view, the time spent; tells the server now and then.
const lesson = document.querySelector("[data-lesson]");

if (lesson && !lesson.dataset.closed) {
  const prose = lesson.querySelector(".prose");
  const end = lesson.querySelector("[data-end]");
  const note = lesson.querySelector("[data-saved]");
  const headings = [...prose.querySelectorAll("h2[id]")];
  let furthest = Number(lesson.dataset.percent);
  let anchor = null;
  let told = ""; // what the server has kept
  let asked = ""; // what it was last told, perhaps too little to be kept yet
  let seconds = 0;
  let since = document.visibilityState === "visible" ? performance.now() : null;
  let timer = 0;

  const look = () => {
    const box = prose.getBoundingClientRect();
    const read = Math.round(((innerHeight - box.top) / box.height) * 100);
    furthest = Math.max(furthest, Math.min(99, Math.max(0, read)));
    if (end.getBoundingClientRect().top < innerHeight && seconds + pending() > 20) furthest = 100;
    const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    anchor = above.length ? above[above.length - 1].id : null;
  };
  const pending = () => (since === null ? 0 : (performance.now() - since) / 1000);

  const tell = async (leaving = false) => {
    look();
    seconds += pending();
    since = document.visibilityState === "visible" ? performance.now() : null;
    const state = `${furthest} ${anchor}`;
    if (state === (leaving ? told : asked) && seconds < 30) return;
    const body = new FormData();
    body.set("csrf_token", lesson.dataset.token);
    body.set("percent", furthest);
    body.set("seconds", Math.round(seconds));
    if (anchor) body.set("anchor", anchor);
    if (leaving) {
      body.set("leaving", "1");
      navigator.sendBeacon(lesson.dataset.url, body);
      told = asked = state;
      seconds = 0;
      return;
    }
    const sent = seconds;
    seconds = 0; // counted once, also when the reader leaves before the answer is here
    try {
      const answer = await fetch(lesson.dataset.url, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      const { percent, waits } = await answer.json();
      asked = state;
      furthest = Math.max(furthest, percent);
      if (waits) {
        seconds += sent;
        return;
      }
      told = state;
      note.textContent = note.dataset.words;
    } catch {
      seconds += sent;
      note.textContent = note.dataset.lost;
      clearTimeout(timer);
      timer = setTimeout(tell, 15000);
    }
  };

  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(tell, 1500); }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") tell(true);
    else since = performance.now();
  });
  addEventListener("pagehide", () => tell(true));
  addEventListener("online", () => tell());
  timer = setTimeout(tell, 3000);
}
