// A unit that speaks both versions of SCORM: it says what it found, passes with 85 points, or pauses.
function find(name) {
  for (let at = window, up = 0; up < 10; at = at.parent, up += 1) {
    if (at[name]) return at[name];
    if (at === at.parent) return at.opener?.[name] ?? null;
  }
  return null;
}
const newer = find("API_1484_11");
const api = newer ?? find("API");
const call = (name, ...given) => api[newer ? name : `LMS${name}`](...given);
const words = newer
  ? { place: "cmi.location", exit: "cmi.exit", raw: "cmi.score.raw", entry: "cmi.entry" }
  : { place: "cmi.core.lesson_location", exit: "cmi.core.exit", raw: "cmi.core.score.raw", entry: "cmi.core.entry" };
const end = newer ? "Terminate" : "Finish";
const state = document.getElementById("state");

call("Initialize", "");
state.textContent = `${call("GetValue", words.entry)}:${call("GetValue", words.place)}`;
document.getElementById("pass").addEventListener("click", () => {
  const answer = newer ? "learner_response" : "student_response";
  const values = {
    [words.raw]: "85",
    "cmi.interactions.0.id": "cau-1",
    "cmi.interactions.0.type": "choice",
    [`cmi.interactions.0.${answer}`]: "b",
    "cmi.interactions.0.result": "correct",
    ...(newer
      ? { "cmi.score.scaled": "0.85", "cmi.completion_status": "completed", "cmi.success_status": "passed" }
      : { "cmi.core.lesson_status": "passed" }),
  };
  for (const [name, value] of Object.entries(values)) call("SetValue", name, value);
  call(end, "");
  state.textContent = "passed";
});
document.getElementById("suspend").addEventListener("click", () => {
  call("SetValue", words.place, "trang-3");
  call("SetValue", words.exit, "suspend");
  call(end, "");
  state.textContent = "suspended";
});
