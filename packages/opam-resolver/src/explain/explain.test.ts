import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activeClause,
  allows,
  boundOn,
  type Installation,
  installations,
  packageNames,
  type ToyPackage,
  textsOf,
  universes,
} from "../../test/universe.js";
import type { PackageText } from "../repository/source.js";
import { type Atom, formatAtom, parseAtom } from "../resolve/request.js";
import { type Explanation, type Question, Resolver } from "../resolver.js";
import type { SwitchInput } from "../state/switch-state.js";
import { argumentOf } from "./explain.js";
import { type Fact, factKey } from "./fact.js";
import { whatIfInWords } from "./what-if.js";
import { reasonsFor, reasonsInWords } from "./why.js";

const noTests: ReadonlySet<string> = new Set();

/** The universe and the request in which only those facts hold that are kept. */
function reduced(
  universe: readonly ToyPackage[],
  atoms: readonly Atom[],
  isKept: (fact: Pick<Fact, "kind"> & { key: string }) => boolean,
): { universe: ToyPackage[]; atoms: Atom[] } {
  const kept = (kind: Fact["kind"], words: string): boolean =>
    isKept({ kind, key: `${kind} ${words}` });
  return {
    atoms: atoms.filter(({ name, op, version }) =>
      kept("request", `${name} ${op ?? ""} ${version ?? ""}`),
    ),
    universe: universe.map((pkg) => ({
      ...pkg,
      available: pkg.available || !kept("availability", pkg.name),
      conflictClass:
        pkg.conflictClass !== undefined && kept("class", pkg.conflictClass)
          ? pkg.conflictClass
          : undefined,
      conflicts: pkg.conflicts.filter(({ name }) =>
        kept("conflict", [pkg.name, name].sort().join(" ")),
      ),
      depends: pkg.depends.filter((clause) => {
        const active = activeClause(clause, false) ?? [];
        const names = [...new Set(active.map(({ name }) => name))].sort();
        return kept("dependency", `${pkg.name} ${names.join(" ")}`);
      }),
    })),
  };
}

function isPossible(universe: readonly ToyPackage[], atoms: readonly Atom[]): boolean {
  const granted = (after: Installation): boolean =>
    atoms.every((atom) => {
      const pkg = after.get(atom.name);
      return pkg !== undefined && allows(atom, pkg.version);
    });
  return installations(universe, noTests).some(granted);
}

async function open(packages: readonly PackageText[]): Promise<Resolver> {
  return Resolver.open([{ kind: "packages", packages }]);
}

const requests = fc.uniqueArray(boundOn(packageNames), {
  minLength: 1,
  maxLength: 3,
  selector: ({ name }) => name,
});

test("of a refusal's facts each is needed, and together they suffice", async () => {
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(universes(true), requests, async (universe, atoms) => {
      const resolver = await open(textsOf(universe));
      const request = { kind: "install", atoms } as const;
      const outcome = await resolver.resolve({ request, variables: {} });
      if (outcome.kind !== "conflict") return;
      refusals++;
      const { facts, lines } = argumentOf(outcome);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThanOrEqual(facts.length);
      const keys = new Set(facts.map(factKey));
      const alone = reduced(universe, atoms, ({ key }) => keys.has(key));
      expect(isPossible(alone.universe, alone.atoms)).toBe(false);
      for (const left of keys) {
        const rest = reduced(universe, atoms, ({ key }) => keys.has(key) && key !== left);
        expect(isPossible(rest.universe, rest.atoms), left).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
  expect(refusals).toBeGreaterThan(20);
});

test("suggestions have been tried", async () => {
  await fc.assert(
    fc.asyncProperty(universes(true), requests, async (universe, atoms) => {
      const resolver = await open(textsOf(universe));
      const explanation = await resolver.explain({
        request: { kind: "install", atoms },
        variables: {},
      });
      for (const { request } of explanation?.suggestions ?? []) {
        const outcome = await resolver.resolve({ request, variables: {} });
        expect(outcome.kind).not.toBe("conflict");
        expect(isPossible(universe, request.atoms)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

/** `name.version` by their opam files, as a question about the words. */
async function explain(
  packages: Readonly<Record<string, string>>,
  words: string,
  state: SwitchInput = {},
): Promise<Explanation> {
  const { resolver, question } = await asked(packages, words, state);
  const explanation = await resolver.explain(question);
  if (explanation === undefined) throw new Error("There is a plan.");
  return explanation;
}

async function asked(
  packages: Readonly<Record<string, string>>,
  words: string,
  state: SwitchInput = {},
): Promise<{ resolver: Resolver; question: Question }> {
  const texts = Object.entries(packages).map(([id, opam]) => {
    const dot = id.indexOf(".");
    return { name: id.slice(0, dot), version: id.slice(dot + 1), opam };
  });
  const atoms = words.split(" ").map((word) => parseAtom(word) as Atom);
  const question: Question = {
    request: { kind: "install", atoms },
    state,
    variables: { os: "linux" },
  };
  return { resolver: await open(texts), question };
}

describe("in words", () => {
  const compiler = {
    "compiler.4.14": 'depends: "ocaml" {= "4.14"}',
    "compiler.5.0": 'depends: "ocaml" {= "5.0"}',
    "compiler.5.3": 'depends: "ocaml" {= "5.3"}',
    "ocaml.4.14": "",
    "ocaml.5.0": "",
    "ocaml.5.3": "",
  };

  test("a package that is too old for the compiler asked for", async () => {
    const { lines, suggestions } = await explain(
      {
        ...compiler,
        "mirage.2.6.1": 'depends: "ocaml" {< "5.0"}',
        "mirage.3.0": 'depends: "ocaml" {< "5.1"}',
        "mirage.4.7.0": 'depends: "ocaml" {>= "4.14"}',
        "mirage.4.8.0": 'depends: "ocaml" {>= "4.14"}',
      },
      "mirage.2.6.1 compiler.5.3",
    );
    expect(lines).toEqual([
      "you asked for mirage 2.6.1 and compiler 5.3",
      "compiler 5.3 needs ocaml 5.3",
      "mirage 2.6.1 needs ocaml < 5.0",
    ]);
    expect(suggestions.map(({ text, request }) => [text, request.atoms.map(formatAtom)])).toEqual([
      [
        "the oldest mirage after 2.6.1 that goes with the rest is 4.7.0, the newest 4.8.0",
        ["mirage.4.7.0", "compiler.5.3"],
      ],
      ["the newest compiler that goes with the rest is 4.14", ["mirage.2.6.1", "compiler.4.14"]],
    ]);
  });

  test("a package that only hands on what another needs, and bounds that matter", async () => {
    const { lines, asked } = await explain(
      {
        ...compiler,
        "app.1": 'depends: "lib" {>= "2" & < "9"}',
        "lib.1": "",
        "lib.2": 'depends: "core" {= version}',
        "core.2": 'depends: "ocaml" {>= "4.02" & < "5.1" & != "4.13"}',
        "core.3": "",
        "other.1": "",
      },
      "app other compiler.5.3",
    );
    expect(asked.map(formatAtom)).toEqual(["app", "compiler.5.3"]);
    expect(lines).toEqual([
      "you asked for app and compiler 5.3",
      "compiler 5.3 needs ocaml 5.3",
      "app needs lib >= 2 (only 2), which needs core 2, which needs ocaml < 5.1",
    ]);
  });

  test("a package that was asked for as well has its own sentence", async () => {
    const { lines } = await explain(
      {
        ...compiler,
        "app.1": 'depends: "lib" {>= "2"}',
        "lib.2": 'depends: "ocaml" {< "5.1"}',
        "lib.3": "",
        "old.1": 'conflicts: "lib" {>= "3"}',
      },
      "app old compiler.5.3",
    );
    expect(lines).toEqual([
      "you asked for app, old and compiler 5.3",
      "compiler 5.3 needs ocaml 5.3",
      "old can't be installed beside lib 3",
      "app needs lib >= 2",
      "lib 2 needs ocaml < 5.1",
    ]);
    const both = await explain(
      { ...compiler, "app.1": 'depends: "lib"', "lib.2": 'depends: "gone"', "lib.3": "" },
      "app lib.2",
    );
    expect(both.lines.at(-1)).toBe("lib 2 needs gone");
  });

  test("versions that differ are told as ranges", async () => {
    const { lines } = await explain(
      {
        ...compiler,
        "lib.1": 'depends: "ocaml" {< "5.0"}',
        "lib.2": 'depends: "ocaml" {< "5.1"}',
        "lib.3": 'depends: "gone" {>= "7"}',
      },
      "lib compiler.5.3",
    );
    expect(lines).toEqual([
      "you asked for lib and compiler 5.3",
      "compiler 5.3 needs ocaml 5.3",
      "lib up to 2 needs ocaml up to 5.0",
      "lib 3 needs gone >= 7",
    ]);
  });

  test("the invariant, and what happens without it", async () => {
    const { lines, suggestions } = await explain(
      { ...compiler, "new.1": 'depends: "ocaml" {>= "5.0"}' },
      "new",
      {
        installed: [
          { name: "compiler", version: "4.14" },
          { name: "ocaml", version: "4.14" },
        ],
        invariant: '"compiler" {= "4.14"}',
      },
    );
    expect(lines).toEqual([
      "you asked for new",
      "the switch has to keep compiler 4.14 (its invariant)",
      "new needs ocaml >= 5.0",
      "compiler 4.14 needs ocaml 4.14",
    ]);
    expect(suggestions.map(({ text, withoutInvariant }) => [text, withoutInvariant])).toEqual([
      ["with another invariant of the switch, compiler would be 5.3", true],
    ]);
  });

  test("conflicts, classes, availability, pins", async () => {
    const packages = {
      "a.1": 'conflicts: "b" {< "3"}',
      "b.1": "",
      "b.2": "",
      "x.1": 'conflict-class: "core"',
      "y.1": 'conflict-class: "core"',
      "z.1": 'depends: "w"',
      "w.1": 'available: os = "win32"',
      "w.2": 'available: os = "macos"',
      "v.1": 'depends: "b" {= "2"}',
    };
    expect((await explain(packages, "a b")).lines).toEqual([
      "you asked for a and b",
      "a can't be installed beside b",
    ]);
    const { lines, suggestions } = await explain(packages, "x y");
    expect(lines.at(-1)).toBe("x and y exclude each other (conflict class core)");
    expect(suggestions.map(({ text }) => text)).toEqual([
      "without x the rest can be had",
      "without y the rest can be had",
    ]);
    expect((await explain(packages, "z")).lines).toEqual([
      "you asked for z",
      'w is not available here (2 only where os = "macos")',
      "z needs w",
    ]);
    const pinned = await explain(packages, "v", { pins: [{ name: "b", version: "1" }] });
    expect(pinned.lines).toEqual(["you asked for v", "b is pinned to 1", "v needs b 2"]);
    const kept = await explain(packages, "a b", { pins: [{ name: "b", version: "1" }] });
    expect(kept.suggestions.map(({ text }) => text)).toEqual([
      "without a the rest can be had",
      "without b the rest can be had",
    ]);
    const twice = await explain(packages, "b.1 b>1");
    expect(twice.suggestions.map(({ text }) => text)).toEqual([
      "instead of b 1, the newest b that goes with the rest is 2",
      "instead of b > 1, the newest b that goes with the rest is 1",
    ]);
  });

  test("what an upgrade means isn't what was asked for", async () => {
    const packages = { "a.1": "", "a.2": 'depends: "b" {>= "2"}', "b.1": "", "b.2": "" };
    const upgrade = async (words: string, ...ids: readonly string[]) => {
      const installed = ids.map((id) => ({ name: id.slice(0, -2), version: id.slice(-1) }));
      const { resolver, question } = await asked(packages, words, { installed });
      const request = { ...question.request, kind: "upgrade" as const };
      return (await resolver.explain({ ...question, request }))?.lines;
    };
    expect(await upgrade("a b<2", "a.1", "b.1")).toEqual([
      "you asked for b < 2",
      "an upgrade of a has to be newer than 1",
      "a 2 needs b >= 2",
    ]);
    expect(await upgrade("b<2", "b.2")).toEqual([
      "you asked for b < 2",
      "an upgrade keeps b at 2 or newer",
    ]);
  });

  test("packages that aren't there", async () => {
    const packages = { "lwt.5.7.0": "", "lwt.6.0": "", "win.1": 'available: os = "win32"' };
    const lines = async (words: string): Promise<readonly string[]> =>
      (await explain(packages, words)).lines;
    expect(await lines("ltw")).toEqual(["there is no package ltw (did you mean lwt?)"]);
    expect(await lines("lwt.9")).toEqual(["there is no lwt 9; the newest that can be had is 6.0"]);
    expect(await lines("lwt>6.0")).toEqual([
      "there is no version of lwt > 6.0; the newest that can be had is 6.0",
    ]);
    expect(await lines("win")).toEqual(['win is only available where os = "win32"']);
  });
});

describe("what a plan has", () => {
  const packages = {
    "app.1": 'depends: ["web" {>= "2"} "log"]',
    "web.2": 'depends: "log" {< "3"}',
    "log.1": "",
    "log.2": "",
    "log.3": "",
    "old.1": 'depends: ["log" ("either" | "or")]',
    "either.1": 'conflicts: "log" {>= "3"}',
    "either.2": "",
    "or.1": "",
  };

  async function plan(words: string) {
    const { resolver, question } = await asked(packages, words);
    const outcome = await resolver.resolve(question);
    if (outcome.kind !== "plan") throw new Error(outcome.kind);
    return { resolver, question, outcome };
  }

  test("why", async () => {
    const { outcome } = await plan("app");
    const words = (name: string): string[] => {
      const reasons = reasonsFor(outcome, name);
      return reasons === undefined ? [] : reasonsInWords(reasons);
    };
    expect(words("log")).toEqual(["app 1 needs log", "also: web 2 needs log < 3"]);
    expect(words("web")).toEqual(["app 1 needs web >= 2"]);
    expect(words("app")).toEqual(["you asked for app; it would be 1"]);
    expect(words("either")).toEqual([]);
    const same = await asked({ "a.2": 'depends: "b" {= version}', "b.1": "", "b.2": "" }, "a");
    const plan2 = await same.resolver.resolve(same.question);
    const told = plan2.kind === "plan" ? reasonsFor(plan2, "b") : undefined;
    expect(told && reasonsInWords(told)).toEqual(["a 2 needs b = 2"]);
  });

  test("what keeps a version back", async () => {
    const { resolver, question } = await plan("app old");
    const answer = await resolver.whatIfNewer(question, "log");
    expect(answer).toMatchObject({ version: "2", newest: "3", keptBackBy: ["app"] });
    expect(answer && whatIfInWords(answer)).toEqual([
      "log is kept at 2 by app, though there is 3:",
      "app needs web >= 2, which needs log < 3",
    ]);
    const bounded = await asked(packages, "web log<2");
    const told = await bounded.resolver.whatIfNewer(bounded.question, "log");
    expect(told && whatIfInWords(told)).toEqual(["log is kept at 1 by log<2, though there is 3"]);
    const newest = await resolver.whatIfNewer(question, "web");
    expect(newest && whatIfInWords(newest)).toEqual([
      "web 2 is the newest version that can be had",
    ]);
    expect(await resolver.whatIfNewer(question, "or.1")).toBeUndefined();
  });

  test("what a newer version would cost", async () => {
    const { resolver, question } = await asked(
      {
        "a.1": 'depends: ["b" "c"]',
        "b.1": "",
        "b.2": 'conflicts: "c" {>= "2"}',
        "c.1": "",
        "c.2": "",
        "c.3": "",
      },
      "a",
    );
    const answer = await resolver.whatIfNewer(question, "b");
    expect(answer && whatIfInWords(answer)).toEqual([
      "b could be newer than 1; it is not, as the plan would be worse:",
      "b would be 2 instead of 1",
      "c would be 1 instead of 3",
    ]);
  });
});

describe("very long reasons", { timeout: 120_000 }, () => {
  const asking = { request: { kind: "install", atoms: [{ name: "p0" }] }, variables: {} } as const;

  function chain(length: number, last: string): PackageText[] {
    return Array.from({ length }, (_, i) => {
      const opam = i + 1 < length ? `depends: "p${i + 1}"` : last;
      return { name: `p${i}`, version: "1", opam };
    });
  }

  test.each([400, 10_000])("a chain of %i packages, broken at its end", async (length) => {
    const resolver = await open(chain(length, 'depends: "nothere"'));
    const { lines = [] } = (await resolver.explain(asking)) ?? {};
    expect(lines.slice(0, 2)).toEqual([
      "you asked for p0",
      expect.stringMatching(/^p0 needs p1, which needs p2, which needs p3/),
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^and so on, \d+ more sentences$/));
    expect(lines.at(-1)).toMatch(new RegExp(`p${length - 1}, which needs nothere$`));
    expect(lines.length).toBeLessThan(12);
  });

  test("a circle of 6,000 packages", async () => {
    const resolver = await open(chain(6000, 'depends: "p0"'));
    const { lines = [] } = (await resolver.explain(asking)) ?? {};
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^these would have to be built in a circle: p0 1 before p5999 1 /);
    expect(lines[0]).toContain(" before 5981 others before ");
  });
});
