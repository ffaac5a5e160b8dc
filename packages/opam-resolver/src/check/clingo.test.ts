import { join } from "node:path";
import {
  allowsVersion,
  atoms as atomsOf,
  filterFormula,
  normalForm,
  type ResolvedFormula,
} from "@mirage/opam-file";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Choices, leastCosts } from "../../test/clingo.js";
import { dataFolder, recordedVariables } from "../../test/data.js";
import {
  activeClause,
  allows,
  boundOn,
  costOf,
  packageNames,
  textsOf,
  universes,
} from "../../test/universe.js";
import { sourceAt } from "../repository/source.js";
import { installCriteria } from "../resolve/criteria.js";
import { parseAtom, type Request } from "../resolve/request.js";
import { Resolver } from "../resolver.js";
import type { PackageId } from "../state/switch-state.js";
import { CheckContext, matches } from "./context.js";
import { planCosts } from "./costs.js";
import { Definitions } from "./definitions.js";

const requests = fc.uniqueArray(boundOn(packageNames), {
  minLength: 1,
  maxLength: 3,
  selector: ({ name }) => name,
});

test("random universes: clingo finds nothing better", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(universes(true), requests, async (universe, atoms) => {
      const resolver = await Resolver.open([{ kind: "packages", packages: textsOf(universe) }]);
      const request: Request = { kind: "install", atoms };
      const outcome = await resolver.resolve({ request, variables: {} });
      const usable = universe.filter(({ available }) => available);
      const requested = new Set(atoms.map(({ name }) => name));
      const allowed = (bound: Parameters<typeof allows>[0] & { name: string }): number[] =>
        usable.flatMap((pkg, id) => {
          return pkg.name === bound.name && allows(bound, pkg.version) ? [id] : [];
        });
      const valuation = { universe, before: new Map(), requested };
      const choices: Choices = {
        packages: usable.map((pkg) => ({
          name: packageNames.indexOf(pkg.name as (typeof packageNames)[number]),
          costs: installCriteria.map((criterion) => costOf(valuation, criterion, pkg)),
        })),
        absence: new Map(),
        clauses: [
          ...atoms.map((atom) => [undefined, allowed(atom)] as const),
          ...usable.flatMap((pkg, id) =>
            pkg.depends.flatMap((clause) => {
              const active = activeClause(clause, false);
              return active === undefined ? [] : [[id, active.flatMap(allowed)] as const];
            }),
          ),
        ],
        conflicts: usable.flatMap((pkg, id) => [
          ...pkg.conflicts.flatMap(allowed).map((other) => [id, other] as const),
          ...usable.flatMap((other, otherId) => {
            const same = pkg.conflictClass !== undefined && pkg.name !== other.name;
            return same && pkg.conflictClass === other.conflictClass
              ? [[id, otherId] as const]
              : [];
          }),
        ]),
      };
      const least = await leastCosts(choices, installCriteria.length);
      expect(outcome.kind === "plan" ? outcome.costs : undefined).toEqual(least);
    }),
    { numRuns: 25 },
  );
});

describe.skipIf(dataFolder === undefined)("the public repository", () => {
  const data = dataFolder as string;
  let resolver: Resolver;
  let definitions: Definitions;

  beforeAll(async () => {
    const sources = [sourceAt(join(data, "repository.tar.zst"))];
    resolver = await Resolver.open(sources, { cacheFolder: false });
    definitions = await Definitions.read(sources);
  }, 60_000);

  test.each([
    [["dune", "ocaml-base-compiler.5.3.0"]],
    [["lwt<5.9", "ocaml-base-compiler.4.14.2"]],
    [["ppxlib.0.26.0", "ocaml-base-compiler.5.3.0"]],
  ])("%j: clingo finds nothing better", { timeout: 120_000 }, async (roots) => {
    const variables = recordedVariables(data);
    const request = {
      kind: "install",
      atoms: roots.map((root) => parseAtom(root) as NonNullable<ReturnType<typeof parseAtom>>),
    } as const;
    const outcome = await resolver.resolve({ request, variables });
    const names = new Set(request.atoms.map(({ name }) => name));
    const context = new CheckContext(definitions, {}, variables, {}, names);
    const least = await leastCosts(closure(context, request), installCriteria.length);
    expect(outcome.kind === "plan" ? outcome.costs : undefined).toEqual(least);
  });
});

/** All that a request could lead to, by the definitions alone. */
function closure(context: CheckContext, { atoms }: Request): Choices {
  const ids = new Map<string, { pkg: PackageId; id: number }[]>();
  const packages: PackageId[] = [];
  const versionsOf = (name: string): { pkg: PackageId; id: number }[] => {
    let known = ids.get(name);
    if (known === undefined) {
      known = context.available(name).map((version) => {
        const pkg = { name, version };
        return { pkg, id: packages.push(pkg) - 1 };
      });
      ids.set(name, known);
    }
    return known;
  };
  const clauses: [number | undefined, number[]][] = atoms.map((atom) => [
    undefined,
    versionsOf(atom.name)
      .filter(({ pkg }) => matches(atom, pkg.version))
      .map(({ id }) => id),
  ]);
  for (let id = 0; id < packages.length; id++) {
    const pkg = packages[id] as PackageId;
    const depends: ResolvedFormula = filterFormula(
      context.definition(pkg)?.depends ?? { kind: "empty" },
      context.dependsEnvironment(pkg),
    );
    for (const clause of normalForm(depends, "and")) {
      const allowed = clause.flatMap(({ name, versions }) =>
        versionsOf(name).filter(({ pkg: other }) => allowsVersion(versions, other.version)),
      );
      clauses.push([id, allowed.map((other) => other.id)]);
    }
  }
  const conflicts: [number, number][] = [];
  const classes = new Map<string, number[]>();
  packages.forEach((pkg, id) => {
    const definition = context.definition(pkg);
    if (definition === undefined) return;
    const excluded = filterFormula(definition.conflicts, context.switchEnvironment(pkg));
    for (const { name, versions } of atomsOf(excluded)) {
      if (name === pkg.name) continue;
      for (const { pkg: other, id: otherId } of ids.get(name) ?? []) {
        if (allowsVersion(versions, other.version)) conflicts.push([id, otherId]);
      }
    }
    for (const name of definition.conflictClass) {
      const members = classes.get(name) ?? [];
      for (const member of members) {
        if (packages[member]?.name !== pkg.name) conflicts.push([id, member]);
      }
      classes.set(name, [...members, id]);
    }
  });
  const names = [...ids.keys()];
  return {
    packages: packages.map((pkg) => ({
      name: names.indexOf(pkg.name),
      costs: planCosts(context, installCriteria, [pkg]),
    })),
    absence: new Map(),
    clauses,
    conflicts,
  };
}
