// Each try returns what it got hold of; what throws or is refused got nothing.
let aim = {};
const got = async (url, options) => {
  const answer = await fetch(url, options);
  return answer.type === "opaque" ? null : `${answer.status} ${(await answer.text()).slice(0, 80)}`;
};
const tries = {
  cookies: () => document.cookie || null,
  parentDocument: () => parent.document.title,
  parentStorage: () => parent.localStorage.length,
  topLocation: () => top.location.href,
  moveTop: () => { if (top === window) return null; top.location = "https://example.com/"; return null; },
  otherFrames: () => { for (const frame of Object.values(parent.frames)) if (frame !== window) return frame.document.title; return null; },
  application: () => got(`${aim.application}/account`, { credentials: "include" }),
  applicationApi: () => got(`${aim.application}/library`, { credentials: "include", mode: "no-cors" }),
  launch: () => got(aim.launch, { method: "POST", credentials: "include" }),
  foreignRegistration: () => got(`${aim.application}/xapi/statements?registration=${aim.registration}`, { credentials: "include", headers: { "X-Experience-API-Version": "1.0.3" } }),
  otherPackage: () => got(aim.other),
  otherWithMyToken: () => got(aim.other.replace(/\/[^/]+\/index.html$/, `${location.pathname.replace("index.html", "")}index.html`)),
  fileSystem: () => got("file:///etc/passwd"),
  traversal: () => got("../../../../../../etc/passwd").then((text) => (text.startsWith("404") ? null : text)),
  encodedTraversal: () => got("..%2f..%2f..%2fetc%2fpasswd").then((text) => (text.startsWith("404") ? null : text)),
  serviceWorker: () => navigator.serviceWorker.register("worker.js").then((one) => one.scope),
  database: async () => ((await indexedDB.databases?.()) ?? []).map((one) => one.name).join() || null,
  storage: () => localStorage.getItem("bí mật"),
  channel: () => new Promise((done) => { const c = new BroadcastChannel("khue"); c.onmessage = (e) => done(e.data); setTimeout(() => done(null), 400); }),
  opener: () => window.opener?.location?.href ?? null,
  frameApplication: () => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.src = `${aim.application}/account`;
    frame.onload = () => { try { done(frame.contentDocument ? `${frame.contentDocument.title}` || null : null); } catch { done(null); } };
    document.body.append(frame);
    setTimeout(() => done(null), 800);
  }),
};
(async () => {
  aim = await (await fetch("aim.json")).json();
  const results = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try { results[name] = (await attempt()) ?? null; } catch { results[name] = null; }
  }
  try { // a frame has no storage where the browser blocks that of third parties
    localStorage.setItem("bí mật", aim.mark ?? "x");
    indexedDB.open("kho");
    new BroadcastChannel("khue").postMessage("tin nhắn");
  } catch { results.storage = null; }
  window.results = results;
  document.querySelector("p").textContent = "Đã thử xong";
})();
