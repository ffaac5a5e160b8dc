import type { FormulaReader } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { PackageVersion } from "../universe/universe.js";
import { DependencyGraph } from "./dependency-graph.js";

/** One step of a plan: something leaves the switch or comes into it. */
export interface AtomicAction {
  readonly action: "remove" | "install";
  readonly pkg: PackageVersion;
}

export type Actions =
  | { readonly kind: "actions"; readonly actions: readonly AtomicAction[] }
  /** The steps wait for each other in a circle. */
  | { readonly kind: "cycle"; readonly cycle: readonly AtomicAction[] };

/**
 * The steps from one state to another, in an order in which they can be carried out. A package that
 * stays is built again if one of its dependencies, required or optional, changes.
 *
 * `rebuild`: packages to build again even if nothing they depend on changes.
 */
export function actionsBetween(
  reader: FormulaReader,
  before: Iterable<PackageVersion>,
  after: Iterable<PackageVersion>,
  rebuild: ReadonlySet<PackageVersion>,
): Actions {
  const present = new Set(before);
  const wanted = new Set(after);
  const removed = new Set([...present].filter((pkg) => !wanted.has(pkg) || rebuild.has(pkg)));
  const installed = new Set([...wanted].filter((pkg) => !present.has(pkg) || rebuild.has(pkg)));
  const affected = new DependencyGraph(reader, [...present, ...installed], {
    build: false,
    post: false,
    depopts: true,
  }).dependentsClosure([...removed, ...installed]);
  for (const pkg of affected) {
    if (removed.has(pkg) || installed.has(pkg)) continue;
    removed.add(pkg);
    installed.add(pkg);
  }
  return ordered(reader, removed, installed);
}

class Step implements AtomicAction {
  readonly action: "remove" | "install";
  readonly pkg: PackageVersion;
  readonly next = new Set<Step>();
  waitsFor = 0;

  constructor(action: "remove" | "install", pkg: PackageVersion) {
    this.action = action;
    this.pkg = pkg;
  }

  before(other: Step): void {
    if (this.next.has(other)) return;
    this.next.add(other);
    other.waitsFor++;
  }
}

function ordered(
  reader: FormulaReader,
  removed: ReadonlySet<PackageVersion>,
  installed: ReadonlySet<PackageVersion>,
): Actions {
  const removals = new Map([...removed].map((pkg) => [pkg, new Step("remove", pkg)] as const));
  const installs = new Map([...installed].map((pkg) => [pkg, new Step("install", pkg)] as const));
  const phase = { build: true, post: false, depopts: true };
  const removalGraph = new DependencyGraph(reader, removed, phase);
  for (const [pkg, removal] of removals) {
    for (const dependency of removalGraph.dependenciesOf(pkg)) {
      removal.before(removals.get(dependency) as Step);
    }
  }
  const graph = new DependencyGraph(reader, [...installed, ...removed], phase);
  for (const [pkg, install] of installs) {
    for (const dependency of graph.dependenciesOf(pkg)) {
      (installs.get(dependency) ?? (removals.get(dependency) as Step)).before(install);
    }
  }
  // What is to go makes room for what excludes it.
  const removalOfName = new Map([...removals].map(([pkg, step]) => [pkg.entry, step] as const));
  for (const [pkg, install] of installs) {
    removalOfName.get(pkg.entry)?.before(install);
    for (const { entry, ranges } of reader.conflicts(pkg)) {
      const removal = removalOfName.get(entry);
      if (removal && contains(ranges, removal.pkg.position)) removal.before(install);
    }
  }
  const installOfName = new Map([...installs].map(([pkg, step]) => [pkg.entry, step] as const));
  for (const [pkg, removal] of removals) {
    for (const { entry, ranges } of reader.conflicts(pkg)) {
      const install = installOfName.get(entry);
      if (install && contains(ranges, install.pkg.position)) removal.before(install);
    }
  }
  separateClasses(reader, removals.values(), installs.values());
  return sorted([...removals.values(), ...installs.values()]);
}

function separateClasses(
  reader: FormulaReader,
  removals: Iterable<Step>,
  installs: Iterable<Step>,
): void {
  const leaving = new Map<string, Step[]>();
  for (const removal of removals) {
    for (const name of reader.conflictClasses(removal.pkg)) {
      leaving.set(name, [...(leaving.get(name) ?? []), removal]);
    }
  }
  for (const install of installs) {
    for (const name of reader.conflictClasses(install.pkg)) {
      for (const removal of leaving.get(name) ?? []) removal.before(install);
    }
  }
}

/** Topological order; of steps that could be next, removals first, then by name. */
function sorted(steps: readonly Step[]): Actions {
  const ready = steps.filter(({ waitsFor }) => waitsFor === 0).sort(compareSteps);
  const actions: AtomicAction[] = [];
  for (let step = ready.shift(); step !== undefined; step = ready.shift()) {
    actions.push({ action: step.action, pkg: step.pkg });
    for (const next of step.next) {
      if (--next.waitsFor > 0) continue;
      let at = ready.length;
      while (at > 0 && compareSteps(ready[at - 1] as Step, next) > 0) at--;
      ready.splice(at, 0, next);
    }
  }
  if (actions.length === steps.length) return { kind: "actions", actions };
  return { kind: "cycle", cycle: cycleAmong(steps.filter(({ waitsFor }) => waitsFor > 0)) };
}

function compareSteps(a: Step, b: Step): number {
  if (a.action !== b.action) return a.action === "remove" ? -1 : 1;
  const left = a.pkg.entry.text;
  const right = b.pkg.entry.text;
  return left < right ? -1 : left > right ? 1 : a.pkg.order - b.pkg.order;
}

/** A circle among steps that all wait for one another, from its first name on. */
function cycleAmong(waiting: readonly Step[]): AtomicAction[] {
  const stuck = new Set(waiting);
  const done = new Set<Step>();
  /** The way to the step under visit, with what is left to visit of each step's successors. */
  const way: { readonly step: Step; readonly next: Step[] }[] = [];
  const places = new Map<Step, number>();
  const enter = (step: Step): void => {
    places.set(step, way.length);
    // The first one last, to be taken from the end.
    way.push({ step, next: [...step.next].sort((a, b) => compareSteps(b, a)) });
  };
  for (const start of [...waiting].sort(compareSteps)) {
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const next = top.next.pop();
      if (next === undefined) {
        way.pop();
        places.delete(top.step);
        done.add(top.step);
        continue;
      }
      const place = places.get(next);
      if (place !== undefined) {
        return way.slice(place).map(({ step: { action, pkg } }) => ({ action, pkg }));
      }
      if (stuck.has(next) && !done.has(next)) enter(next);
    }
  }
  return [];
}
