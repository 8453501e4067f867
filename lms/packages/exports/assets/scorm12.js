"use strict";
// The SCORM 1.2 run-time (RTE, 3.2 and 3.4) behind window.khueTracker.
window.khueTracker = (() => {
  const began = Date.now();
  let api = null;
  let over = false;

  const search = (from) => {
    let at = from;
    for (let step = 0; at && step < 500; step += 1) {
      try {
        if (at.API) return at.API;
      } catch (_error) {
        return null;
      }
      if (at.parent === at) return null;
      at = at.parent;
    }
    return null;
  };
  const find = () => search(window) || (window.opener ? search(window.opener) : null);
  const set = (name, value) => api.LMSSetValue(name, String(value));
  const parsed = (text) => {
    try {
      return JSON.parse(text) || {};
    } catch (_error) {
      return {};
    }
  };
  const span = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const two = (value) => String(value).padStart(2, "0");
    return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  const recording = () => api && !over && api.LMSGetValue("cmi.core.lesson_mode") !== "review";
  const store = (location, data) => {
    const text = JSON.stringify(data);
    set("cmi.core.lesson_location", location);
    if (text.length <= 4096) set("cmi.suspend_data", text);
  };

  return {
    async start() {
      api = find();
      if (!api || api.LMSInitialize("") !== "true") {
        api = null;
        return { tracked: false };
      }
      const status = api.LMSGetValue("cmi.core.lesson_status");
      if (recording() && (status === "not attempted" || status === "")) set("cmi.core.lesson_status", "incomplete");
      return {
        tracked: true,
        location: api.LMSGetValue("cmi.core.lesson_location"),
        data: parsed(api.LMSGetValue("cmi.suspend_data")),
      };
    },
    async save(location, data) {
      if (!recording()) return;
      store(location, data);
      api.LMSCommit("");
    },
    async complete() {
      if (!recording()) return;
      set("cmi.core.lesson_status", "completed");
      api.LMSCommit("");
    },
    async score(percent, passed) {
      if (!recording()) return;
      set("cmi.core.score.min", 0);
      set("cmi.core.score.max", 100);
      set("cmi.core.score.raw", percent);
      if (passed === null) set("cmi.core.lesson_status", "completed");
      else if (passed || api.LMSGetValue("cmi.core.lesson_status") !== "passed") {
        set("cmi.core.lesson_status", passed ? "passed" : "failed");
      }
      api.LMSCommit("");
    },
    finish(location, data) {
      if (!api || over) return;
      if (recording()) store(location, data);
      const status = api.LMSGetValue("cmi.core.lesson_status");
      set("cmi.core.exit", status === "passed" || status === "completed" ? "" : "suspend");
      set("cmi.core.session_time", span());
      api.LMSFinish("");
      over = true;
    },
  };
})();
