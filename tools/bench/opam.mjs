// pnpm bench opam [--rounds N] [--no-opam]: the resolver as a whole process, beside opam.
// The repository is that of $MIRAGE_OPAM_DATA (by default ../shared/data/opam).
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importBuilt } from "../built.mjs";
import { root } from "../workspace.mjs";
import { exponent, load, machine, measure, median, summary, table } from "./support/measure.mjs";
import { copyPackages, opamData, packageNames, unpack } from "./support/opam-data.mjs";
import { RealOpam } from "./support/real-opam.mjs";

const COMPILER = "ocaml-base-compiler.5.3.0";
const QUESTIONS = [
  ["dune", COMPILER],
  ["lwt", COMPILER],
  ["cohttp-lwt-unix", COMPILER],
  ["dream", COMPILER],
  ["coq-core", COMPILER],
  ["frama-c", "ocaml-base-compiler.5.2.1"],
  ["coq.8.13.2", COMPILER],
  ["ppxlib.0.26.0", COMPILER],
];
const HARD = ["--with-test", "--with-doc", "dream", COMPILER];
const ROOTS = [1, 10, 50, 100, 200];
const SIZE_QUESTION = ["cohttp-lwt-unix", COMPILER];
/** Runs from the index for each of opam, of the folder and of the archive. */
const WARM_A_ROUND = 3;

const bin = join(root, "packages/opam-resolver/bin/opam-resolve.cjs");

export async function bench(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "3" },
      "no-opam": { type: "boolean", default: false },
    },
  });
  const data = opamData();
  const { Resolver, parseAtom, sourceAt } = await importBuilt("opam-resolver");
  const folder = mkdtempSync(join(tmpdir(), "bench-opam-"));
  try {
    const archive = join(data, "repository.tar.zst");
    const repository = join(folder, "repository");
    unpack(archive, repository);
    const variables = JSON.parse(readFileSync(join(data, "env.json"), "utf8")).variables;
    const resolver = await Resolver.open([sourceAt(repository)], { cacheFolder: false });
    const setting = {
      folder,
      archive,
      repository,
      rounds: Number(values.rounds),
      ask: async (question) => {
        const roots = question.filter((word) => !word.startsWith("--"));
        const outcome = await resolver.resolve({
          request: { kind: "install", atoms: roots.map(parseAtom) },
          variables,
          withTest: question.includes("--with-test"),
          withDoc: question.includes("--with-doc"),
        });
        if (outcome.kind !== "plan") return outcome.kind;
        return outcome.actions
          .map(({ pkg }) => `${pkg.entry.text}.${pkg.version}`)
          .sort()
          .join(" ");
      },
    };
    const opam = values["no-opam"] ? undefined : new RealOpam(folder, repository);
    describeMachine(opam);
    const found = await besideOpam(setting, opam);
    const slowestOfRoots = await growthWithRoots(setting);
    await growthWithSize(setting);
    printTargets({ ...found, slowest: Math.max(found.slowest, slowestOfRoots) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeMachine(opam) {
  const version = opam === undefined ? "left out" : opam.version;
  const node = process.versions.node;
  console.log(`${machine()}, load ${load()}; Node.js ${node}; opam ${version}\n`);
}

/** Runs the command line; without an index if `cold`. */
async function resolve({ folder }, source, question, cold) {
  const cache = join(folder, "cache");
  if (cold) rmSync(cache, { recursive: true, force: true });
  const args = [bin, "--repo", source, "--cache", cache, ...question];
  const measured = await measure(process.execPath, args);
  if (measured.code > 1) throw new Error(`opam-resolve ${question.join(" ")}:\n${measured.output}`);
  return measured;
}

async function times(count, run) {
  const measurements = [];
  for (let i = 0; i < count; i++) measurements.push(await run());
  return summary(measurements);
}

async function besideOpam(setting, opam) {
  const { archive, repository, rounds } = setting;
  const rows = [];
  const processorRows = [];
  const ratios = { warm: [], folder: [], archive: [] };
  const peaks = { warm: 0, cold: 0 };
  let slowest = 0;
  // opam makes its own cache on the first occasion.
  await opam?.ask(["dune", COMPILER]);
  for (const question of [...QUESTIONS, HARD]) {
    const measured = { opam: [], folder: [], warm: [], archive: [] };
    let plan;
    // Taken in turns, so that a busy machine slows all of them alike.
    for (let i = 0; i < rounds; i++) {
      if (opam !== undefined && (question !== HARD || i === 0)) {
        const answer = await opam.ask(question);
        measured.opam.push(answer);
        plan = answer.plan;
      }
      measured.folder.push(await resolve(setting, repository, question, true));
      for (let j = 0; j < WARM_A_ROUND; j++) {
        measured.warm.push(await resolve(setting, repository, question, false));
      }
      measured.archive.push(await resolve(setting, archive, question, true));
    }
    const theirs = measured.opam;
    const fromFolder = summary(measured.folder);
    const warm = summary(measured.warm);
    const fromArchive = summary(measured.archive);
    const anchor = theirs.length === 0 ? undefined : summary(theirs);
    const ratio = (ours) => (anchor === undefined ? Number.NaN : anchor.elapsed / ours.elapsed);
    processorRows.push([
      questionText(question),
      ...[anchor, warm, fromFolder, fromArchive].map((one) =>
        one === undefined ? "" : seconds(one.processor),
      ),
      ...[warm, fromFolder, fromArchive].map((one) =>
        anchor === undefined ? "" : ratioText(anchor.processor / one.processor),
      ),
    ]);
    if (question !== HARD) {
      ratios.warm.push(ratio(warm));
      ratios.folder.push(ratio(fromFolder));
      ratios.archive.push(ratio(fromArchive));
    }
    slowest = Math.max(slowest, warm.elapsed);
    peaks.warm = Math.max(peaks.warm, warm.memory);
    peaks.cold = Math.max(peaks.cold, fromFolder.memory, fromArchive.memory);
    rows.push([
      questionText(question),
      anchor === undefined ? "" : `${seconds(anchor.elapsed)} (${megabytes(anchor.memory)})`,
      ...[warm, fromFolder, fromArchive].map(
        (ours) => `${seconds(ours.elapsed)} (${megabytes(ours.memory)})`,
      ),
      ...[warm, fromFolder, fromArchive].map((ours) => ratioText(ratio(ours))),
      plan === undefined ? "" : plan === (await setting.ask(question)) ? "same" : "DIFFERENT",
    ]);
  }
  const medians = [ratios.warm, ratios.folder, ratios.archive].map(median);
  rows.push(["median", "", "", "", "", ...medians.map(ratioText), ""]);
  table(
    [
      "question",
      "opam, warm",
      "warm",
      "cold, folder",
      "cold, tar.zst",
      "warm ×",
      "folder ×",
      "tar ×",
      "answer",
    ],
    rows,
  );
  console.log("Processor time of the same runs, which a busy machine distorts less:\n");
  table(
    [
      "question",
      "opam, warm",
      "warm",
      "cold, folder",
      "cold, tar.zst",
      "warm ×",
      "folder ×",
      "tar ×",
    ],
    processorRows,
  );
  return { ratios, peaks, slowest };
}

/** What was aimed at, and whether it was reached. */
function printTargets({ ratios, peaks, slowest }) {
  const ratioRow = (name, values, least, aim) => {
    const found = values.filter((value) => !Number.isNaN(value));
    if (found.length === 0) return [name, "", ""];
    const lowest = Math.min(...found);
    const middle = median(found);
    const verdict = lowest < least ? "missed" : middle < aim ? "met, the aim missed" : "met";
    return [name, `median ${ratioText(middle)}, lowest ${ratioText(lowest)}`, verdict];
  };
  const most = (name, value, limit, shown) => [name, shown, value > limit ? "missed" : "met"];
  table(
    ["target", "found", ""],
    [
      ratioRow("warm at least 30 × opam, aim 60", ratios.warm, 30, 60),
      ratioRow("cold from the folder at least 8 ×, aim 10", ratios.folder, 8, 10),
      ratioRow("cold from the archive at least 8 ×, aim 10", ratios.archive, 8, 10),
      most("memory under 120 MB warm", peaks.warm, 120, megabytes(peaks.warm)),
      most("memory under 200 MB cold", peaks.cold, 200, megabytes(peaks.cold)),
      most("no question above 2 s warm", slowest, 2000, seconds(slowest)),
    ],
  );
}

async function growthWithRoots(setting) {
  const { repository, rounds } = setting;
  const all = await compatibleRoots(setting, Math.max(...ROOTS));
  const points = [];
  await resolve(setting, repository, [COMPILER], true);
  for (const count of ROOTS) {
    const question = [COMPILER, ...all.slice(0, count)];
    const { elapsed, memory } = await times(WARM_A_ROUND * rounds, () =>
      resolve(setting, repository, question, false),
    );
    const packages = (await setting.ask(question)).split(" ").length;
    points.push({ count, packages, elapsed, memory });
  }
  table(
    ["roots", "packages in the plan", "warm", "memory"],
    points.map(({ count, packages, elapsed, memory }) => [
      count,
      packages,
      seconds(elapsed),
      megabytes(memory),
    ]),
  );
  return Math.max(...points.map(({ elapsed }) => elapsed));
}

/** Names, evenly spread over the repository, that can be installed together. */
async function compatibleRoots({ repository, ask }, wanted) {
  const names = packageNames(repository);
  const chosen = [];
  const stride = 7;
  for (let start = 0; start < stride; start++) {
    const candidates = names.filter((_, index) => index % stride === start);
    for (let i = 0; i < candidates.length; i += 5) {
      for (const group of [
        candidates.slice(i, i + 5),
        ...candidates.slice(i, i + 5).map((n) => [n]),
      ]) {
        const more = group.filter((name) => !chosen.includes(name));
        if (more.length === 0) continue;
        const answer = await ask([COMPILER, ...chosen, ...more]);
        if (answer !== "conflict" && answer !== "not-found") chosen.push(...more);
        if (chosen.length >= wanted) return chosen.slice(0, wanted);
        if (group.length > 1 && chosen.includes(group[0])) break;
      }
    }
  }
  return chosen;
}

async function growthWithSize(setting) {
  const { folder, repository, rounds } = setting;
  const names = packageNames(repository);
  const answer = await setting.ask(SIZE_QUESTION);
  // What the answer needs is in every part.
  const needed = new Set(answer.split(" ").map((pkg) => pkg.slice(0, pkg.indexOf("."))));
  const rows = [];
  const points = { warm: [], cold: [] };
  for (const [label, part] of [
    ["1/8", 8],
    ["1/4", 4],
    ["1/2", 2],
    ["1", 1],
    ["2", 1],
  ]) {
    const path = join(folder, "part");
    mkdirSync(path);
    const chosen = names.filter((name, index) => index % part === 0 || needed.has(name));
    let versions = copyPackages(repository, path, chosen);
    if (label === "2") versions += copyPackages(repository, path, names, (name) => `${name}-copy`);
    const cold = await times(rounds, () => resolve(setting, path, SIZE_QUESTION, true));
    const warm = await times(WARM_A_ROUND * rounds, () =>
      resolve(setting, path, SIZE_QUESTION, false),
    );
    rmSync(path, { recursive: true });
    points.warm.push([versions, warm.elapsed]);
    points.cold.push([versions, cold.elapsed]);
    rows.push([
      label,
      versions,
      seconds(warm.elapsed),
      seconds(cold.elapsed),
      megabytes(warm.memory),
      megabytes(cold.memory),
    ]);
  }
  table(["repository", "versions", "warm", "cold, folder", "memory warm", "memory cold"], rows);
  console.log(
    `Time grows with the number of versions to the power of ${exponent(points.warm).toFixed(2)} ` +
      `warm, ${exponent(points.cold).toFixed(2)} cold.\n`,
  );
}

function questionText(question) {
  return question.filter((word) => !word.startsWith("ocaml-base-compiler")).join(" ");
}

function seconds(milliseconds) {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1000).toFixed(2)} s`;
}

function megabytes(value) {
  return `${value.toFixed(0)} MB`;
}

function ratioText(ratio) {
  return Number.isNaN(ratio) ? "" : ratio.toFixed(1);
}
