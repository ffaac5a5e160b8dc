import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allows,
  boundOn,
  costsOf,
  type Installation,
  installations,
  packageNames,
  type ToyPackage,
  textsOf,
  universes,
} from "../test/universe.js";
import { compareCosts } from "./check/costs.js";
import { CheckContext, checkPlan, Definitions } from "./check/index.js";
import type { PackageText, Source } from "./repository/source.js";
import { type Criterion, installCriteria, upgradeCriteria } from "./resolve/criteria.js";
import type { Atom, Request } from "./resolve/request.js";
import type { Outcome } from "./resolve/resolve.js";
import { type Question, Resolver, type ResolverOptions, ResolverTimeout } from "./resolver.js";
import type { PackageId, SwitchInput } from "./state/switch-state.js";

interface Asked {
  readonly universe: readonly ToyPackage[];
  readonly request: Request;
  readonly before?: Installation;
  readonly withTest?: boolean;
}

function stateOf(before: Installation | undefined): SwitchInput {
  return {
    installed: [...(before?.values() ?? [])].map(({ name, version }) => ({ name, version })),
  };
}

async function answer(asked: Asked, options: ResolverOptions = {}): Promise<Outcome> {
  const source: Source = { kind: "packages", packages: textsOf(asked.universe) };
  const resolver = await Resolver.open([source], options);
  return resolver.resolve({
    request: asked.request,
    state: stateOf(asked.before),
    variables: {},
    withTest: asked.withTest === true,
  });
}

/** What is installed after a plan, which the naive checker must find no fault with. */
async function checkedResult(
  asked: Asked,
  outcome: Outcome & { kind: "plan" },
): Promise<PackageId[]> {
  const { universe, request, before, withTest } = asked;
  const context = new CheckContext(
    await Definitions.read([{ kind: "packages", packages: textsOf(universe) }]),
    stateOf(before),
    {},
    { withTest: withTest === true },
    new Set(request.atoms.map(({ name }) => name)),
  );
  const result = outcome.result.map(({ entry, version }) => ({ name: entry.text, version }));
  expect(checkPlan(context, request, result)).toEqual([]);
  return result;
}

const requests = fc.uniqueArray(boundOn(packageNames), {
  minLength: 1,
  maxLength: 2,
  selector: ({ name }) => name,
});

function sorted(packages: Iterable<PackageId>): string[] {
  return [...packages].map(({ name, version }) => `${name}.${version}`).sort();
}

/** Holds an answer against all installations that grant the request. */
async function expectBest(
  asked: Asked,
  outcome: Outcome,
  criteria: readonly Criterion[],
  granting: readonly Installation[],
): Promise<void> {
  const { universe, request, before = new Map() } = asked;
  const requested = new Set(request.atoms.map(({ name }) => name));
  const valued = granting
    .map((after) => ({ after, costs: costsOf({ universe, before, requested }, criteria, after) }))
    .sort((a, b) => compareCosts(a.costs, b.costs));
  const [best, second] = valued;
  if (best === undefined) {
    expect(outcome.kind).not.toBe("plan");
    return;
  }
  if (outcome.kind !== "plan") throw new Error(`${outcome.kind} where there is a plan`);
  const result = await checkedResult(asked, outcome);
  expect(outcome.criteria).toEqual(criteria);
  expect(outcome.costs).toEqual(best.costs);
  const equals = valued.filter(({ costs }) => compareCosts(costs, best.costs) === 0);
  expect(equals.map(({ after }) => sorted(after.values()))).toContainEqual(sorted(result));
  if (second === undefined || compareCosts(second.costs, best.costs) > 0) {
    expect(sorted(result)).toEqual(sorted(best.after.values()));
  }
}

const cases = fc.record({
  universe: universes(true),
  atoms: requests,
  withTest: fc.boolean(),
  seed: fc.nat(),
});

function granted(atoms: readonly Atom[], after: Installation): boolean {
  return atoms.every((atom) => {
    const pkg = after.get(atom.name);
    return pkg !== undefined && allows(atom, pkg.version);
  });
}

describe("random universes, against all installations there are", { timeout: 60_000 }, () => {
  test("install, in an empty switch", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ universe, atoms, withTest }) => {
        const asked = { universe, request: { kind: "install", atoms }, withTest } as const;
        const tested = new Set(withTest ? atoms.map(({ name }) => name) : []);
        const granting = installations(universe, tested).filter((after) => granted(atoms, after));
        await expectBest(asked, await answer(asked), installCriteria, granting);
      }),
      { numRuns: 100 },
    );
  });

  test("install, beside packages that are there", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ universe, atoms, withTest, seed }) => {
        const befores = installations(universe, new Set());
        const before = befores[seed % befores.length] as Installation;
        const asked = { universe, request: { kind: "install", atoms }, before, withTest } as const;
        const outcome = await answer(asked);
        if (granted(atoms, before)) {
          expect(outcome).toMatchObject({ kind: "plan", actions: [] });
          return;
        }
        const tested = new Set(withTest ? atoms.map(({ name }) => name) : []);
        const granting = installations(universe, tested).filter((after) => granted(atoms, after));
        await expectBest(asked, outcome, installCriteria, granting);
      }),
      { numRuns: 100 },
    );
  });

  test("upgrade of everything", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ universe, seed }) => {
        const all = installations(universe, new Set());
        const before = all[seed % all.length] as Installation;
        const asked = { universe, request: { kind: "upgrade", atoms: [] }, before } as const;
        const kept = [...before.values()].map(({ name, version }): Atom => {
          return { name, op: ">=", version };
        });
        const granting = all.filter((after) => granted(kept, after));
        await expectBest(asked, await answer(asked), upgradeCriteria, granting);
      }),
      { numRuns: 60 },
    );
  });

  test("remove takes what needs the packages, changes nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ universe, atoms, seed }) => {
        const all = installations(universe, new Set());
        const before = all[seed % all.length] as Installation;
        const request: Request = { kind: "remove", atoms };
        const asked = { universe, request, before };
        const outcome = await answer(asked);
        if (outcome.kind === "not-found") return;
        if (outcome.kind !== "plan") throw new Error(outcome.kind);
        const installed = sorted(before.values());
        for (const pkg of sorted(await checkedResult(asked, outcome)))
          expect(installed).toContain(pkg);
      }),
      { numRuns: 100 },
    );
  });

  test("dependencies in circles are answered as well, or named", async () => {
    await fc.assert(
      fc.asyncProperty(universes(false), requests, async (universe, atoms) => {
        const asked = { universe, request: { kind: "install", atoms } } as const;
        const outcome = await answer(asked);
        if (outcome.kind === "cycle") {
          expect(outcome.cycle.length).toBeGreaterThan(1);
          return;
        }
        const granting = installations(universe, new Set()).filter((after) => {
          return granted(atoms, after);
        });
        await expectBest(asked, outcome, installCriteria, granting);
      }),
      { numRuns: 60 },
    );
  });
});

test("the same question has the same answer, in whatever order the packages come", async () => {
  await fc.assert(
    fc.asyncProperty(universes(true), requests, fc.nat(), async (universe, atoms, turn) => {
      const request: Request = { kind: "install", atoms };
      const told = async (packages: readonly ToyPackage[]) => {
        const outcome = await answer({ universe: packages, request });
        if (outcome.kind !== "plan") return outcome.kind;
        const { costs, actions } = outcome;
        const lines = actions.map(
          ({ action, pkg }) => `${action} ${pkg.entry.text}.${pkg.version}`,
        );
        return JSON.stringify({ costs, lines });
      };
      const first = await told(universe);
      const at = turn % universe.length;
      expect(await told(universe)).toBe(first);
      expect(await told([...universe.slice(at), ...universe.slice(0, at)])).toBe(first);
    }),
    { numRuns: 40 },
  );
});

describe("a question that takes ages", () => {
  /** More pigeons than holes; a hole is a package whose version is the pigeon in it. */
  function pigeonholes(holes: number): PackageText[] {
    const packages: PackageText[] = [];
    const pigeons = Array.from({ length: holes + 1 }, (_, i) => i);
    const names = Array.from({ length: holes }, (_, i) => `hole-${i}`);
    for (const name of names) {
      for (const pigeon of pigeons) packages.push({ name, version: `${pigeon}`, opam: "" });
    }
    const depends = pigeons.map((pigeon) => {
      return `(${names.map((name) => `"${name}" {= "${pigeon}"}`).join(" | ")})`;
    });
    packages.push({ name: "pigeons", version: "1", opam: `depends: [${depends.join(" ")}]\n` });
    return packages;
  }

  async function ask(options: ResolverOptions): Promise<Outcome> {
    const source: Source = { kind: "packages", packages: pigeonholes(14) };
    const resolver = await Resolver.open([source], options);
    const request: Request = { kind: "install", atoms: [{ name: "pigeons" }] };
    return resolver.resolve({ request, variables: {} });
  }

  test("is given up at the time limit", async () => {
    const answer = ask({ timeLimit: 60 });
    await expect(answer).rejects.toBeInstanceOf(ResolverTimeout);
    await expect(answer).rejects.toThrow("the search was not done within 0.06 s");
  });

  test("can be cancelled, and the event loop runs meanwhile", async () => {
    const controller = new AbortController();
    let ticks = 0;
    const ticking = setInterval(() => {
      if (++ticks === 3) controller.abort(new Error("enough"));
    }, 5);
    try {
      await expect(ask({ signal: controller.signal })).rejects.toThrow("enough");
    } finally {
      clearInterval(ticking);
    }
  });

  test("is not begun if it was cancelled before", async () => {
    const packages = [{ name: "a", version: "1", opam: "" }];
    const signal = AbortSignal.abort(new Error("before"));
    const sources = [{ kind: "packages", packages }] as const;
    await expect(Resolver.open(sources, { signal })).rejects.toThrow("before");
    const controller = new AbortController();
    const resolver = await Resolver.open(sources, { signal: controller.signal });
    const question: Question = {
      request: { kind: "install", atoms: [{ name: "a" }] },
      variables: {},
    };
    expect((await resolver.resolve(question)).kind).toBe("plan");
    controller.abort(new Error("later"));
    await expect(resolver.resolve(question)).rejects.toThrow("later");
  });
});
