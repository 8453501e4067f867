// Build scorm-again's API from the settings on standard input and print what its activities have become.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

globalThis.window = globalThis;
const library = pathToFileURL(process.argv[2]);
const { Scorm2004API } = await import(library);
const api = new Scorm2004API({ logLevel: 5, sequencing: JSON.parse(readFileSync(0, "utf8")) });

const plain = (value) => JSON.parse(JSON.stringify(value));
const objective = (one) =>
  one && { id: one.id, byMeasure: one.satisfiedByMeasure, least: one.minNormalizedMeasure, maps: plain(one.mapInfo) };
const rules = (some) =>
  some.map((one) => ({
    action: one.action,
    combination: one.conditionCombination,
    conditions: one.conditions.map((c) => ({
      is: c.condition,
      operator: c.operator,
      objective: c.referencedObjective ?? null,
      threshold: c.parameters.get("threshold") ?? null,
    })),
  }));
const activity = (one) => ({
  id: one.id,
  title: one.title,
  visible: one.isVisible,
  attemptLimit: one.attemptLimit,
  duration: one.attemptAbsoluteDurationLimit,
  threshold: one.completionThreshold,
  weight: one.progressWeight,
  hidden: one.hideLmsUi,
  shared: one.sharedDataMaps ?? null,
  considerations: plain(one.rollupConsiderations ?? null),
  controls: plain(one.sequencingControls),
  primary: objective(one.primaryObjective),
  objectives: one.objectives.map(objective),
  before: rules(one.sequencingRules.preConditionRules),
  exit: rules(one.sequencingRules.exitConditionRules),
  after: rules(one.sequencingRules.postConditionRules),
  rollup: one.rollupRules.rules.map((rule) => ({
    ...rules([rule])[0],
    consideration: rule.consideration,
    count: rule.minimumCount,
    percent: rule.minimumPercent,
  })),
  children: one.children.map(activity),
});
const state = api.getSequencingService().getSequencingState();
process.stdout.write(JSON.stringify(activity(state.rootActivity)));
