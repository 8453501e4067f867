// Remembers where the reader is: the furthest point, the heading in view, the time spent; tells the server now and then.
const lesson = document.querySelector("[data-lesson]");

if (lesson && !lesson.dataset.closed) {
  const prose = lesson.querySelector(".prose");
  const note = lesson.querySelector("[data-saved]");
  const headings = [...prose.querySelectorAll("h2[id]")];
  const links = new Map([...lesson.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const last = prose.querySelector(".apparatus"); // terms and sources need not be read
  const steps = new Map([...lesson.querySelectorAll("[data-step]")].map((one) => [one.value, one]));
  let furthest = Number(lesson.dataset.percent);
  let anchor = null;
  let told = ""; // what the server has kept
  let asked = ""; // what it was last told, perhaps too little to be kept yet
  let seconds = 0;
  let since = document.visibilityState === "visible" ? performance.now() : null;
  let timer = 0;
  let resting = 0;

  const look = () => {
    const box = prose.getBoundingClientRect();
    const seen = Math.round(((innerHeight - box.top) / box.height) * 100);
    furthest = Math.max(furthest, Math.min(99, Math.max(0, seen)));
    markRead(box);
    const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    anchor = above.length ? above[above.length - 1].id : null;
    for (const [id, link] of links) {
      if (id === anchor) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  // a section is read when the reader rested where its end is in view
  const markRead = (box) => {
    const inView = (y) => y > 0 && y <= innerHeight;
    const end = last ? last.getBoundingClientRect().top : box.bottom;
    headings.forEach((heading, i) => {
      const next = headings[i + 1];
      if (inView(next ? next.getBoundingClientRect().top : end)) mark(heading.id);
    });
    if (!headings.length && inView(end)) mark("end");
  };
  const mark = (id) => { if (steps.has(id)) steps.get(id).checked = true; };
  const read = () => [...steps.values()].filter((one) => one.checked).map((one) => one.value);
  const pending = () => (since === null ? 0 : (performance.now() - since) / 1000);

  const tell = async (leaving = false) => {
    look();
    seconds += pending();
    since = document.visibilityState === "visible" ? performance.now() : null;
    const state = `${furthest} ${anchor} ${read()}`;
    if (state === (leaving ? told : asked) && seconds < 30) return;
    const body = new FormData();
    body.set("csrf_token", lesson.dataset.token);
    body.set("percent", furthest);
    body.set("seconds", Math.round(seconds));
    if (anchor) body.set("anchor", anchor);
    for (const step of read()) body.append("step", step);
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

  for (const one of steps.values()) one.addEventListener("click", (event) => event.preventDefault()); // reading ticks them
  // what was done with a task of the page (blocks.js); the latest of each is sent, soon, or as the reader leaves
  const works = new Map();
  let sending = 0;
  const send = (leaving = false) => {
    clearTimeout(sending);
    for (const [key, work] of works) {
      const body = new FormData();
      body.set("csrf_token", lesson.dataset.token);
      body.set("key", key);
      body.set("work", JSON.stringify(work));
      works.delete(key);
      if (leaving) {
        navigator.sendBeacon(lesson.dataset.workUrl, body);
        continue;
      }
      fetch(lesson.dataset.workUrl, { method: "POST", body }).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        note.textContent = note.dataset.words;
      }).catch(() => {
        if (!works.has(key)) works.set(key, work);
        note.textContent = note.dataset.lost;
        sending = setTimeout(() => send(), 15000);
      });
    }
  };
  lesson.addEventListener("khue-work", ({ detail: { key, ...work } }) => {
    works.set(key, work);
    clearTimeout(sending);
    sending = setTimeout(() => send(), work.done ? 0 : 1000);
    if (!work.done) return;
    mark(key);
    clearTimeout(timer);
    timer = setTimeout(() => tell(), 500);
  });

  addEventListener("scroll", () => {
    clearTimeout(resting);
    clearTimeout(timer);
    resting = setTimeout(look, 500);
    timer = setTimeout(tell, 1500);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      tell(true);
      send(true);
    }
    else since = performance.now();
  });
  addEventListener("pagehide", () => {
    tell(true);
    send(true);
  });
  addEventListener("online", () => tell());
  timer = setTimeout(tell, 3000);
}
