import { compareVersions, type RelOp, satisfiesRelOp } from "@mirage/opam-file";
import fc from "fast-check";
import type { PackageText } from "../src/repository/source.js";
import type { Criterion } from "../src/resolve/criteria.js";
import type { PackageId } from "../src/state/switch-state.js";

/** A small universe as plain data, and its meaning by enumeration: no parser, no solver. */

export interface Bound {
  readonly name: string;
  readonly op?: RelOp;
  readonly version?: string;
  readonly withTest?: boolean;
}

export interface ToyPackage extends PackageId {
  /** Clauses of which each must hold. */
  readonly depends: readonly (readonly Bound[])[];
  readonly conflicts: readonly Bound[];
  readonly conflictClass: string | undefined;
  readonly available: boolean;
  readonly avoid: boolean;
}

export type Installation = ReadonlyMap<string, ToyPackage>;

export const packageNames = ["a", "b", "c", "d", "e"] as const;
/** As text their order would be another one. */
const versionTexts = ["1", "2~rc", "10"] as const;
const operators: readonly RelOp[] = ["=", "!=", "<", ">=", "<=", ">"];

export function boundOn(names: readonly string[]): fc.Arbitrary<Bound> {
  const name = fc.constantFrom(...names);
  return fc.oneof(
    fc.record({ name }),
    fc.record({
      name,
      op: fc.constantFrom(...operators),
      version: fc.constantFrom(...versionTexts),
    }),
  );
}

function packageOf(name: string, version: string, acyclic: boolean): fc.Arbitrary<ToyPackage> {
  const others = packageNames.filter((other) => other !== name);
  const later = acyclic ? others.filter((other) => other > name) : others;
  const dependency = fc
    .tuple(boundOn(later.length === 0 ? ["e"] : later), fc.nat(7))
    .map(([bound, n]) => (n === 0 ? { ...bound, withTest: true } : bound));
  const clause = fc.array(dependency, { minLength: 1, maxLength: 3 });
  return fc.record({
    name: fc.constant(name),
    version: fc.constant(version),
    depends: later.length === 0 ? fc.constant([]) : fc.array(clause, { maxLength: 3 }),
    conflicts: fc.array(boundOn(others), { maxLength: 1 }),
    conflictClass: fc.constantFrom(undefined, undefined, undefined, "k"),
    available: fc.nat(9).map((n) => n > 0),
    avoid: fc.nat(7).map((n) => n === 0),
  });
}

/** Up to three versions of each name. */
export function universes(acyclic: boolean): fc.Arbitrary<ToyPackage[]> {
  const versions = packageNames.map((name) =>
    fc
      .subarray([...versionTexts], { minLength: 1 })
      .chain((kept) => fc.tuple(...kept.map((version) => packageOf(name, version, acyclic)))),
  );
  return fc.tuple(...versions).map((lists) => lists.flat());
}

/** The universe as opam files. */
export function textsOf(universe: readonly ToyPackage[]): PackageText[] {
  return universe.map(({ name, version, ...pkg }) => {
    const depends = pkg.depends.map((clause) => `(${clause.map(written).join(" | ")})`);
    const fields = [
      'opam-version: "2.0"',
      `depends: [${depends.join(" ")}]`,
      `conflicts: [${pkg.conflicts.map(written).join(" ")}]`,
      ...(pkg.conflictClass === undefined ? [] : [`conflict-class: "${pkg.conflictClass}"`]),
      ...(pkg.available ? [] : ["available: false"]),
      ...(pkg.avoid ? ["flags: avoid-version"] : []),
    ];
    return { name, version, opam: `${fields.join("\n")}\n` };
  });
}

function written({ name, op, version, withTest }: Bound): string {
  const conditions = [
    ...(withTest ? ["with-test"] : []),
    ...(op === undefined ? [] : [`${op} "${version}"`]),
  ];
  return `"${name}"${conditions.length === 0 ? "" : ` {${conditions.join(" & ")}}`}`;
}

export function allows({ op, version }: Bound, candidate: string): boolean {
  if (op === undefined || version === undefined) return true;
  return satisfiesRelOp(op, compareVersions(candidate, version));
}

/** The part of a clause that counts: undefined if nothing of it does. */
export function activeClause(
  clause: readonly Bound[],
  withTest: boolean,
): readonly Bound[] | undefined {
  const active = clause.filter((bound) => !bound.withTest || withTest);
  return active.length === 0 ? undefined : active;
}

/** All installations that can be: at most one version of each name, dependencies met, no conflicts. */
export function installations(
  universe: readonly ToyPackage[],
  tested: ReadonlySet<string>,
): Installation[] {
  const found: Installation[] = [];
  const extend = (index: number, chosen: Map<string, ToyPackage>): void => {
    const name = packageNames[index];
    if (name === undefined) {
      if (isValid(chosen, tested)) found.push(new Map(chosen));
      return;
    }
    extend(index + 1, chosen);
    for (const pkg of universe) {
      if (pkg.name !== name || !pkg.available) continue;
      chosen.set(name, pkg);
      extend(index + 1, chosen);
      chosen.delete(name);
    }
  };
  extend(0, new Map());
  return found;
}

function isValid(chosen: Installation, tested: ReadonlySet<string>): boolean {
  const has = (bound: Bound): boolean => {
    const pkg = chosen.get(bound.name);
    return pkg !== undefined && allows(bound, pkg.version);
  };
  const classes = new Set<string>();
  for (const pkg of chosen.values()) {
    for (const clause of pkg.depends) {
      const active = activeClause(clause, tested.has(pkg.name));
      if (active !== undefined && !active.some(has)) return false;
    }
    if (pkg.conflicts.some(has)) return false;
    if (pkg.conflictClass === undefined) continue;
    if (classes.has(pkg.conflictClass)) return false;
    classes.add(pkg.conflictClass);
  }
  return true;
}

export interface Valuation {
  readonly universe: readonly ToyPackage[];
  readonly before: Installation;
  readonly requested: ReadonlySet<string>;
}

/** What having a package costs. */
export function costOf(
  { universe, before, requested }: Valuation,
  criterion: Criterion,
  pkg: ToyPackage,
): number {
  const old = before.get(pkg.name);
  const changed = old?.version !== pkg.version;
  const avoided = (one: ToyPackage): boolean => one.avoid && !old?.avoid;
  const lag = universe.filter(
    (other) =>
      other.name === pkg.name &&
      other.available &&
      // Versions to avoid count as the newest.
      (avoided(other) === avoided(pkg)
        ? compareVersions(other.version, pkg.version) > 0
        : avoided(other)),
  ).length;
  switch (criterion) {
    case "avoid-version,changed":
      return changed && avoided(pkg) ? 1 : 0;
    case "version-lag,request":
      return requested.has(pkg.name) ? lag : 0;
    case "version-lag,changed":
      return changed ? lag : 0;
    case "version-lag,solution":
      return lag;
    case "changed":
      return changed ? 1 : 0;
    case "new":
      return old === undefined ? 1 : 0;
    default:
      return 0;
  }
}

/** The costs of an installation, criterion by criterion. */
export function costsOf(
  valuation: Valuation,
  criteria: readonly Criterion[],
  after: Installation,
): number[] {
  return criteria.map((criterion) => {
    let sum = 0;
    for (const pkg of after.values()) sum += costOf(valuation, criterion, pkg);
    if (criterion === "removed" || criterion === "changed") {
      for (const name of valuation.before.keys()) if (!after.has(name)) sum++;
    }
    return sum;
  });
}
