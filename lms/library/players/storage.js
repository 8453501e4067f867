// Where a browser refuses storage to frames of other sites (private windows, third parties blocked), asking for it is an
// error that ends programs. Here they get one that lives as long as the page; frames of one page share it. Where there is
// storage, nothing is changed.
(() => {
  const shared = (() => {
    let highest = window;
    try {
      while (highest.parent !== highest && highest.parent.document) highest = highest.parent;
    } catch { /* beyond is another origin */ }
    try { highest.khueMemory ??= {}; return highest.khueMemory; } catch { return {}; }
  })();

  function memory(name) {
    shared[name] ??= new Map();
    const kept = shared[name];
    const methods = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => { kept.set(String(key), String(value)); },
      removeItem: (key) => { kept.delete(String(key)); },
      clear: () => kept.clear(),
      key: (index) => [...kept.keys()][index] ?? null,
    };
    return new Proxy({}, {
      get: (_, key) => (key === "length" ? kept.size : typeof key === "symbol" ? undefined : methods[key] ?? kept.get(key)),
      set: (_, key, value) => { kept.set(String(key), String(value)); return true; },
      has: (_, key) => key in methods || kept.has(String(key)),
      deleteProperty: (_, key) => { kept.delete(String(key)); return true; },
      ownKeys: () => [...kept.keys()],
      getOwnPropertyDescriptor: (_, key) => (kept.has(String(key)) ? { value: kept.get(String(key)), writable: true, enumerable: true, configurable: true } : undefined),
    });
  }

  // A link that leads outside opens a window: the frame around reaches no other host, and the lesson stays where it is.
  addEventListener("click", (event) => {
    const link = event.target?.closest?.("a[href], area[href]");
    if (window === window.top || !link || !/^https?:$/.test(link.protocol) || link.host === location.host) return;
    if (/^(_self|_parent|_top)?$/i.test(link.target)) link.target = "_blank";
    link.relList?.add("noopener");
  }, true);

  for (const name of ["localStorage", "sessionStorage"]) {
    let works = false;
    try { works = Boolean(window[name]) && window[name].length >= 0; } catch { /* refused */ }
    if (!works) Object.defineProperty(window, name, { configurable: true, value: memory(name) });
  }
  try { void document.cookie; } catch {
    shared.cookies ??= new Map();
    const jar = shared.cookies;
    Object.defineProperty(document, "cookie", {
      configurable: true,
      get: () => [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
      set: (text) => {
        const [pair, ...rest] = String(text).split(";");
        const [name, ...value] = pair.split("=");
        const over = rest.some((one) => /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(one) || Date.parse(/^\s*expires\s*=(.*)$/i.exec(one)?.[1] ?? "") < Date.now());
        if (over) jar.delete(name.trim());
        else jar.set(name.trim(), value.join("=").trim());
      },
    });
  }
})();
