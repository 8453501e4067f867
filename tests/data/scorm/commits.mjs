// Play a session in scorm-again: `{"edition", "restore", "values": [[name, value]]}` on standard input. Prints what an
// ordinary commit and that of the end send.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

globalThis.window = globalThis;
const older = await import(pathToFileURL(`${process.argv[2]}/scorm12.js`));
const newer = await import(pathToFileURL(`${process.argv[2]}/scorm2004.js`));
const { edition, restore, values } = JSON.parse(readFileSync(0, "utf8"));
const is12 = edition === "1.2";
const api = is12 ? new older.Scorm12API({ logLevel: 5 }) : new newer.Scorm2004API({ logLevel: 5 });
if (restore) api.loadFromJSON(restore);
const prefix = is12 ? "LMS" : "";
api[`${prefix}Initialize`]("");
for (const [name, value] of values) {
  if (api[`${prefix}SetValue`](name, value) !== "true") throw new Error(`${name} was refused`);
}
process.stdout.write(JSON.stringify([api.renderCommitCMI(false), api.renderCommitCMI(true)]));
