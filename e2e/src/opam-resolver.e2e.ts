import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Outcome,
  parseAtom,
  type Request,
  Resolver,
  readOpamRoot,
} from "@mirage/opam-resolver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder, userEnv } from "./support/mirage.js";

/** Two libraries that exclude each other's versions, a choice, versions to avoid, tests, a conflict class. */
const packages: Readonly<Record<string, string>> = {
  "app.1":
    'depends: ["http" {>= "2"} ("fast" | "slow") "check" {with-test & >= "1.1"} "tool" {build}]',
  "app.2":
    'depends: ["http" {>= "2"} ("fast" | "slow") "check" {with-test & >= "1.1"} "tool" {build}]',
  "http.1": 'depends: "sockets" {< "2"}',
  "http.2": 'depends: "sockets" {>= "2"}',
  "http.3": 'depends: "sockets" {>= "2" & < "3"}\nflags: avoid-version',
  "http.10": 'depends: ["sockets" {>= "2"} "data" {= version}]',
  "data.9": "",
  "data.10": 'conflicts: "sockets" {>= "3"}',
  "sockets.1": "",
  "sockets.2~rc1": "",
  "sockets.2": "",
  "sockets.3": "",
  "fast.1": 'available: arch = "pdp11"',
  "slow.1": 'depopts: "data"\nconflict-class: "speed"',
  "swift.1": 'conflict-class: "speed"',
  "check.1": "",
  "check.1.1": "",
  "check.1.2": 'depends: "sockets" {< "2"}',
  "tool.1": "",
  "tool.2": "flags: avoid-version",
  "either.1": 'depends: ["avoided" | "plain"]',
  "avoided.1": "",
  "avoided.2": "flags: avoid-version",
  "plain.1": 'depends: "part"',
  "part.1": "",
  "never.1": 'depends: "fast"',
};

/** What is installed before the question, by the names of opam's switches. */
const switches: Readonly<Record<string, readonly string[]>> = {
  empty: [],
  old: ["sockets.1", "http.1", "data.9", "tool.2"],
  used: ["app.1"],
};

type Case = readonly [where: string, kind: Request["kind"], ...words: string[]];
const cases: readonly Case[] = [
  ["empty", "install", "app"],
  ["empty", "install", "--with-test", "app"],
  ["empty", "install", "app", "swift"],
  ["empty", "install", "http<10"],
  ["empty", "install", "http!=10", "sockets>=2"],
  ["empty", "install", "sockets>2~rc1", "sockets<3"],
  ["empty", "install", "either"],
  ["empty", "install", "tool"],
  ["empty", "install", "never"],
  ["old", "install", "app"],
  ["old", "install", "--with-test", "app"],
  ["old", "install", "data>9"],
  ["old", "upgrade"],
  ["old", "upgrade", "http"],
  ["old", "upgrade", "sockets"],
  ["old", "remove", "sockets"],
  ["used", "upgrade"],
  ["used", "install", "http<10"],
  ["used", "remove", "slow"],
  ["used", "remove", "--auto-remove", "app"],
];

describe("a small repository with what opam's solver distinguishes", () => {
  let folder: string;
  let root: string;
  let resolver: Resolver;

  beforeAll(async () => {
    folder = temporaryFolder(afterAll);
    root = join(folder, "opam");
    write("repo", "");
    for (const [id, text] of Object.entries(packages)) {
      write(`packages/${id.slice(0, id.indexOf("."))}/${id}/opam`, text);
    }
    ok("init", "--bare", "--disable-sandboxing", "--no-setup", "toys", join(folder, "toys"));
    for (const [name, installed] of Object.entries(switches)) {
      ok("switch", "create", name, "--empty");
      if (installed.length > 0) ok("install", `--switch=${name}`, ...installed);
    }
    resolver = await Resolver.open(readOpamRoot(root).sources, { cacheFolder: false });
  });

  function write(path: string, text: string): void {
    const file = join(folder, "toys", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `opam-version: "2.0"\n${text}\n`);
  }

  function opam(...args: string[]): { status: number | null; stderr: string } {
    const env = {
      ...userEnv(),
      OPAMROOT: root,
      OPAMROOTISOK: "1",
      OPAMYES: "1",
      OPAMCOLOR: "never",
      OPAMNODEPEXTS: "1",
      OPAMNOENVNOTICE: "1",
    };
    return spawnSync("opam", args, { env, encoding: "utf8" });
  }

  function ok(...args: string[]): void {
    const { status, stderr } = opam(...args);
    if (status !== 0) throw new Error(`opam ${args.join(" ")}: ${stderr}`);
  }

  function opamsAnswer([where, kind, ...words]: Case): string {
    const json = join(folder, "answer.json");
    const { status, stderr } = opam(
      kind,
      `--switch=${where}`,
      "--show-actions",
      `--json=${json}`,
      ...words,
    );
    if (status === 20) return "conflict";
    if (status === 5) return "not-found";
    if (status !== 0) throw new Error(stderr);
    const { solution = [] } = JSON.parse(readFileSync(json, "utf8"));
    const lines: string[] = [];
    for (const action of solution) {
      for (const [verb, what] of Object.entries(action)) {
        // opam's atomic actions: what is upgraded or built again is removed and installed.
        const { name, version } = what as { name: string; version: string };
        if (verb === "install" || verb === "remove") lines.push(`${verb} ${name}.${version}`);
        else throw new Error(`opam's answer has an action ${verb}`);
      }
    }
    return lines.sort().join(", ");
  }

  async function ours([where, kind, ...words]: Case): Promise<string> {
    const { state, variables } = readOpamRoot(root, where);
    const atoms = words
      .filter((word) => !word.startsWith("--"))
      .map((word) => {
        const atom = parseAtom(word);
        if (atom === undefined) throw new Error(word);
        return atom;
      });
    const autoremove = words.includes("--auto-remove");
    const outcome: Outcome = await resolver.resolve({
      request: kind === "remove" ? { kind, atoms, autoremove } : { kind, atoms },
      state,
      variables: { "opam-version": "2.1.2", arch: "x86_64", os: "linux", ...variables },
      withTest: words.includes("--with-test"),
    });
    if (outcome.kind !== "plan") return outcome.kind;
    return outcome.actions
      .map(({ action, pkg }) => `${action} ${pkg.entry.text}.${pkg.version}`)
      .sort()
      .join(", ");
  }

  test.each(cases.map((asked) => [asked.join(" "), asked] as const))("%s", async (_, asked) => {
    expect(await ours(asked)).toBe(opamsAnswer(asked));
  });
});
