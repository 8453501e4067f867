// Sends what is large with its progress. Forms marked data-sends (macro "sending" of core/forms.html): the size is checked
// before, and whatever goes wrong leaves the file chosen. Other scripts take send() and the words for amounts.
const LANGUAGE = document.documentElement.lang;
const STALLED = 60_000; // milliseconds without a byte

export const number = (value, digits = 0) => new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: digits }).format(value);
export const percent = (share) => new Intl.NumberFormat(LANGUAGE, { style: "percent" }).format(share);
export const amount = (bytes) => {
  if (bytes >= 2 ** 30) return `${number(bytes / 2 ** 30, 1)} GB`;
  return bytes >= 2 ** 20 ? `${number(bytes / 2 ** 20, 1)} MB` : `${number(Math.max(1, Math.round(bytes / 1024)))} kB`;
};

export class Lost extends Error {} // the line
export class Stopped extends Error {} // by a person

export function send(method, url, headers, { body = null, signal = null, progress = null } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let alive = 0;
    const wait = () => { clearTimeout(alive); alive = setTimeout(() => request.abort(), STALLED); };
    const end = (settle, value) => { clearTimeout(alive); signal?.removeEventListener("abort", stop); settle(value); };
    const stop = () => { end(reject, new Stopped()); request.abort(); };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { wait(); progress?.(event.loaded, event.total); };
    request.onload = () => end(resolve, request);
    request.onerror = request.onabort = () => end(reject, new Lost());
    signal?.addEventListener("abort", stop);
    wait();
    request.send(body);
  });
}

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function follow(form) {
  const find = (name) => form.querySelector(`[data-${name}]`);
  const [file, box, fault] = [form.querySelector("input[type=file]"), find("sending"), find("sending-fault")];
  const words = JSON.parse(box.dataset.words);
  let stop = null;
  const largest = Number(box.dataset.largest);
  const tooLarge = () => [...file.files].find((one) => one.size > largest);

  file.addEventListener("change", () => {
    const one = tooLarge();
    complain(one ? fill(words.large, { size: amount(one.size), most: amount(largest) }) : "");
  });
  find("sending-cancel").addEventListener("click", () => stop?.abort());
  addEventListener("beforeunload", (event) => { if (stop) event.preventDefault(); });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !file.files.length) return;
    event.preventDefault();
    if (stop) return;
    if (tooLarge()) file.focus();
    else go(new FormData(form, event.submitter));
  });

  async function go(body) {
    stop = new AbortController();
    complain("");
    show(0, file.files[0].size);
    working(true);
    let answer = null;
    try {
      const headers = { Accept: "application/json, text/html;q=0.9", "Khue-Sends": "1" };
      answer = await send("POST", form.action, headers, { body, signal: stop.signal, progress: show });
    } catch (error) {
      complain(error instanceof Stopped ? words.cancelled : words.lost, error instanceof Stopped);
    }
    stop = null;
    if (answer?.getResponseHeader("Khue-Location")) return location.assign(answer.getResponseHeader("Khue-Location"));
    working(false);
    if (answer) take(answer);
  }

  function working(at) {
    box.hidden = !at;
    for (const button of form.querySelectorAll("[type=submit]")) button.disabled = at;
  }

  function show(done, total) {
    const bar = find("sending-bar");
    if (done < total) bar.value = done / total;
    else bar.removeAttribute("value");
    const values = { done: amount(done), total: amount(total), percent: percent(done / total) };
    const line = done < total ? fill(words.sending, values) : words.arrived;
    find("sending-line").textContent = line;
    const quarter = String(Math.floor((4 * done) / total)); // a screen reader hears it at each quarter only
    if (box.dataset.quarter !== quarter) find("sending-said").textContent = line;
    box.dataset.quarter = quarter;
  }

  function take(answer) {
    if (answer.status === 401) return complain(words.signed_out);
    if (!answer.getResponseHeader("Content-Type")?.startsWith("text/html")) {
      let told = null;
      try { told = JSON.parse(answer.responseText).error; } catch { /* no words */ }
      return complain(told || words.lost);
    }
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    begin();
    document.querySelector("main [data-focus], main [aria-invalid], main h1")?.focus();
    scrollTo(0, 0);
  }

  function complain(text, calm = false) {
    fault.textContent = text;
    fault.hidden = !text;
    fault.className = calm ? "hint" : "field-error";
    const wrong = Boolean(text) && !calm;
    if (wrong) file.setAttribute("aria-invalid", "true");
    else file.removeAttribute("aria-invalid");
    file.closest(".field")?.classList.toggle("field-invalid", wrong);
    if (text) document.getElementById(`${file.id}-error`)?.remove();
  }
}

function begin() {
  for (const form of document.querySelectorAll("form[data-sends]")) follow(form);
}

begin();
