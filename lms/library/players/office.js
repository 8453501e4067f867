// An Office document: as PDF where there is one, otherwise to be downloaded.
import { el, word } from "./dom.js";
import { config, duration, leave, report, state, status } from "./xapi.js";

const place = document.querySelector("main");
const { pdf, name, size, format } = config.properties;
if (pdf) import("./pdf.js").then(({ show }) => show(config.base + path(pdf)));
else offer();

async function offer() {
  let done = (await state.get("seen"))?.completed === true;
  report("initialized");
  leave(() => report("terminated", { duration: duration() }, { progress: done ? 100 : 0 }));
  if (done) status(true, null, 100);
  const taken = () => {
    if (done) return;
    done = true;
    report("completed", { completion: true, duration: duration() }, { progress: 100 });
    state.put("seen", { completed: true });
    status(true, null, 100);
  };
  const file = config.base + config.file;
  place.append(el(
    "div", { className: "card" },
    el("p", { className: "title" }, config.title),
    el("p", {}, [name, kind(), bytes(size)].filter(Boolean).join(" · ")),
    el("p", { className: "muted" }, word("office_hint")),
    el("p", {}, el("a", { href: file, className: "button", download: name ?? "", onclick: taken }, word("download"))),
  ));
}

function kind() {
  return { docx: "Word", doc: "Word", odt: "OpenDocument", pptx: "PowerPoint", ppt: "PowerPoint", odp: "OpenDocument",
    xlsx: "Excel", xls: "Excel", ods: "OpenDocument" }[format] ?? "";
}

function bytes(count) {
  if (!Number.isFinite(count)) return "";
  const [amount, unit] = count < 1_000_000 ? [count / 1000, "kB"] : [count / 1_000_000, "MB"];
  return `${amount.toLocaleString(config.lang, { maximumFractionDigits: 1 })} ${unit}`;
}

function path(plain) {
  return plain.split("/").map(encodeURIComponent).join("/");
}
