// Replays questions that were put to opam and compares the answers:
//   node tools/opam-replay.mjs --repo REPO --env ENV.json --switches DIR CASES.jsonl
// REPO is a repository's folder or tar archive; DIR has NAME.switch-state and NAME.switch-config of
// the switches, and pinsrc/NAME/NAME.opam of pinned packages; ENV.json has the variables in force.
// Exit code 1 if an answer is worse than opam's or wrong.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importBuilt } from "./built.mjs";

const usage =
  "usage: node tools/opam-replay.mjs --repo REPO --env ENV.json --switches DIR CASES.jsonl";

async function main() {
  const { values, positionals } = parseArgs({
    options: {
      repo: { type: "string", multiple: true },
      env: { type: "string" },
      switches: { type: "string" },
    },
    allowPositionals: true,
  });
  if (!values.repo || !values.env || !values.switches || positionals.length !== 1) {
    throw new Error(usage);
  }
  const cases = readCases(positionals[0]);
  readdirSync(values.switches);
  const { readSwitch, Resolver, sourceAt, switchFilesBeside } = await importBuilt("opam-resolver");
  const { Definitions, replay } = await importBuilt("opam-resolver", "check");
  const sources = values.repo.map((path) => sourceAt(path));
  const env = JSON.parse(readFileSync(values.env, "utf8"));
  const resolver = await Resolver.open(sources, { cacheFolder: false });
  const definitions = await Definitions.read(sources);
  const count = { same: 0, better: 0, worse: 0, wrong: 0 };
  const times = [];
  for (const recorded of cases) {
    const path = join(values.switches, `${recorded.switch}.switch-state`);
    const { input, variables } = readSwitch(switchFilesBeside(path));
    const replayed = await replay(resolver, definitions, recorded, input, {
      ...(env.variables ?? env),
      ...variables,
    });
    const { comparison, milliseconds, note } = replayed;
    count[comparison]++;
    times.push(milliseconds);
    const question = [...(recorded.flags ?? []), ...recorded.roots].join(" ");
    console.log(
      `${comparison.padEnd(6)} ${milliseconds.toFixed(1).padStart(8)} ms  ${recorded.id}  ${question}  (${note})`,
    );
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1] ?? 0;
  const { same, better, worse, wrong } = count;
  console.log(
    `same ${same} better ${better} worse ${worse} wrong ${wrong} of ${times.length}, ` +
      `median ${median.toFixed(1)} ms, max ${(times.at(-1) ?? 0).toFixed(1)} ms`,
  );
  return worse + wrong > 0 ? 1 : 0;
}

/** The cases in a file, one a line. */
function readCases(path) {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      try {
        return line.trim() === "" ? [] : [JSON.parse(line)];
      } catch (error) {
        throw new Error(`${path}:${index + 1}: ${error.message}`);
      }
    });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
