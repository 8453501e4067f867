// scorm-again takes any name as a path into its own object: SetValue("cmi", …) would replace the whole data model, and
// "settings" would change the player. Only elements of the data models exist (RTE 3.1.7.6: 401, Undefined Data Model Element).
const MODELS = /^(cmi|adl|ssp)\../;

/** Refuse names that are no elements of a data model, before the run-time sees them. */
export function refuseForeign(api, prefix) {
  const refused = { name: null };
  for (const [name, answer] of [["GetValue", ""], ["SetValue", "false"]]) {
    const call = api[`${prefix}${name}`];
    api[`${prefix}${name}`] = (element, ...given) => {
      const running = api.isInitialized();
      refused.name = running && element !== "" && !MODELS.test(String(element)) ? String(element) : null;
      return refused.name === null ? call.call(api, element, ...given) : answer;
    };
  }
  for (const name of ["Initialize", "Commit", prefix ? "Finish" : "Terminate"]) {
    const call = api[`${prefix}${name}`];
    api[`${prefix}${name}`] = (...given) => {
      refused.name = null;
      return call.apply(api, given);
    };
  }
  const last = api[`${prefix}GetLastError`];
  api[`${prefix}GetLastError`] = (...given) => (refused.name === null ? last.apply(api, given) : "401");
}
