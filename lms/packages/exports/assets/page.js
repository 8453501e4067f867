"use strict";
// What a page of an exported course does: keep the place, mark the quiz, tell the system through window.khueTracker.
(() => {
  const tracker = window.khueTracker;
  const state = document.getElementById("state");
  const form = document.getElementById("quiz");
  const done = document.getElementById("done");
  const answers = {};
  const acts = [done, form && form.querySelector("[type=submit]")].filter(Boolean);
  let saving;

  for (const one of acts) one.disabled = true;  // until the system can be told

  const say = (text) => { state.textContent = text; };
  const place = () => {
    const most = document.documentElement.scrollHeight - window.innerHeight;
    return most <= 0 ? 100 : Math.round(Math.min(1, window.scrollY / most) * 100);
  };
  const keep = () => {
    clearTimeout(saving);
    return tracker.save(String(place()), answers);
  };
  const later = () => {
    clearTimeout(saving);
    saving = setTimeout(keep, 1000);
  };

  const fields = () => [...form.querySelectorAll("fieldset")];
  const read = (field) => {
    const selects = [...field.querySelectorAll("select")];
    if (selects.length) return Object.fromEntries(selects.map((one) => [one.dataset.key, one.value]));
    const text = field.querySelector("input[type=text], textarea");
    if (text) return text.value;
    return [...field.querySelectorAll("input:checked")].map((one) => one.value);
  };
  const fill = (field, answer) => {
    if (answer === undefined) return;
    for (const one of field.querySelectorAll("select")) one.value = answer[one.dataset.key] || "";
    for (const one of field.querySelectorAll("input[type=text], textarea")) one.value = answer;
    for (const one of field.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      one.checked = answer.includes(one.value);
    }
  };
  const fold = (text) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  const number = (text) => Number(fold(text).replace(/\s/g, "").replace(",", ".") || NaN);
  const right = (key, answer) => {
    if (key.kind === "ordering") return key.right.every((one, place) => answer[one] === String(place + 1));
    if (key.kind === "matching") return Object.entries(key.right).every(([one, other]) => answer[one] === other);
    if (key.kind === "numeric") {
      return key.right.some((one) => Math.abs(number(answer) - Number(one)) <= key.tolerance + 1e-9);
    }
    if (key.kind === "short") return key.right.some((one) => fold(one) === fold(answer));
    return answer.length === key.right.length && key.right.every((one) => answer.includes(one));
  };
  const explain = (field, key, answer) => {
    const box = field.querySelector(".feedback");
    const reasons = Array.isArray(answer) ? answer.map((one) => key.reasons[one]) : [];
    const good = key.kind === "essay" ? null : right(key, answer);
    const head = good === null ? "Câu tự luận không chấm điểm." : good ? "Đúng." : "Chưa đúng.";
    box.textContent = [head, ...reasons, key.why].filter(Boolean).join("\n");
    box.className = `feedback${good === null ? "" : good ? " right" : " wrong"}`;
    return good;
  };
  const mark = async (event) => {
    event.preventDefault();
    const keys = JSON.parse(document.getElementById("keys").textContent);
    const marks = fields().map((field) => {
      const name = field.dataset.question;
      return explain(field, keys.questions[name], read(field));
    }).filter((one) => one !== null);
    const reached = marks.filter(Boolean).length;
    const percent = marks.length ? Math.round((reached / marks.length) * 100) : 100;
    const passed = keys.pass === null ? null : percent >= keys.pass; // null: the quiz sets no mark
    const result = document.getElementById("result");
    result.textContent = `Anh/Chị trả lời đúng ${reached}/${marks.length} câu (${percent}%). `
      + { true: "Đạt.", false: "Chưa đạt; Anh/Chị có thể làm lại.", null: "Đã hoàn thành." }[passed];
    document.getElementById("again").hidden = false;
    result.focus();
    await keep();
    await tracker.score(percent, passed);
  };
  const again = () => {
    form.reset();
    for (const key of Object.keys(answers)) delete answers[key];
    for (const box of form.querySelectorAll(".feedback")) { box.textContent = ""; box.className = "feedback"; }
    document.getElementById("result").textContent = "";
    document.getElementById("again").hidden = true;
    window.scrollTo(0, 0);
    keep();
  };

  const begin = async () => {
    let kept;
    try {
      kept = await tracker.start();
    } catch (_error) {
      kept = { tracked: false };
    }
    if (!kept.tracked) say("Trang đang mở ngoài hệ thống đào tạo; kết quả không được ghi lại.");
    if (/^https?:/.test(kept.back || "")) {
      const link = document.createElement("a");
      link.href = kept.back;
      link.textContent = "Trở về hệ thống đào tạo";
      state.after(link);
    }
    Object.assign(answers, kept.data || {});
    window.khueWork = answers.work || {};
    document.addEventListener("khue-work", ({ detail }) => {
      answers.work = { ...answers.work, [detail.key]: detail.state };
      later();
    });
    if (form) for (const field of fields()) fill(field, answers[field.dataset.question]);
    const at = Number(kept.location);
    if (at > 0) window.scrollTo(0, (document.documentElement.scrollHeight - window.innerHeight) * at / 100);
    if (form) {
      form.addEventListener("input", (event) => {
        const field = event.target.closest("fieldset");
        answers[field.dataset.question] = read(field);
        later();
      });
      form.addEventListener("submit", mark);
      document.getElementById("again").addEventListener("click", again);
    } else {
      done.addEventListener("click", async () => {
        done.disabled = true;
        await keep();
        await tracker.complete();
        say("Đã ghi nhận Anh/Chị học xong phần này.");
      });
    }
    window.addEventListener("scroll", later, { passive: true });
    window.addEventListener("pagehide", () => {
      clearTimeout(saving);
      tracker.finish(String(place()), answers);
    });
    for (const one of acts) one.disabled = false;
    document.body.dataset.ready = "yes";
  };
  window.khueReady = begin();
})();
