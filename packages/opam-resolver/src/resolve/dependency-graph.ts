import type { Clause, FormulaReader, Phase } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";

/** Which packages of a set depend on which others of it. */
export class DependencyGraph {
  readonly packages: readonly PackageVersion[];
  readonly #dependencies = new Map<PackageVersion, ReadonlySet<PackageVersion>>();
  #dependents: Map<PackageVersion, PackageVersion[]> | undefined;

  constructor(
    reader: FormulaReader,
    packages: Iterable<PackageVersion>,
    options: Phase & { readonly depopts: boolean },
  ) {
    this.packages = [...new Set(packages)];
    const members = new Map<NameEntry, PackageVersion[]>();
    for (const pkg of this.packages) {
      const known = members.get(pkg.entry);
      if (known === undefined) members.set(pkg.entry, [pkg]);
      else known.push(pkg);
    }
    for (const pkg of this.packages) {
      const clauses = reader.depends(pkg, options);
      if (options.depopts) {
        const depopts = reader.depopts(pkg, options);
        if (depopts.length > 0) clauses.push(depopts);
      }
      this.#dependencies.set(pkg, dependencySet(clauses, members));
    }
  }

  dependenciesOf(pkg: PackageVersion): ReadonlySet<PackageVersion> {
    return this.#dependencies.get(pkg) ?? new Set();
  }

  /** The packages given and all that they depend on. */
  closure(packages: Iterable<PackageVersion>): Set<PackageVersion> {
    return reachable(packages, (pkg) => this.dependenciesOf(pkg));
  }

  /** The packages given and all that depend on them. */
  dependentsClosure(packages: Iterable<PackageVersion>): Set<PackageVersion> {
    this.#dependents ??= this.#reversed();
    const dependents = this.#dependents;
    return reachable(packages, (pkg) => dependents.get(pkg) ?? []);
  }

  #reversed(): Map<PackageVersion, PackageVersion[]> {
    const reversed = new Map<PackageVersion, PackageVersion[]>();
    for (const [pkg, dependencies] of this.#dependencies) {
      for (const dependency of dependencies) {
        const known = reversed.get(dependency);
        if (known === undefined) reversed.set(dependency, [pkg]);
        else known.push(pkg);
      }
    }
    return reversed;
  }
}

function reachable(
  start: Iterable<PackageVersion>,
  next: (pkg: PackageVersion) => Iterable<PackageVersion>,
): Set<PackageVersion> {
  const found = new Set(start);
  // A set's iterator also visits what is added on the way.
  for (const pkg of found) for (const other of next(pkg)) found.add(other);
  return found;
}

/**
 * What clauses refer to: of a name that a clause demands, only what all such clauses allow; of names
 * among alternatives, whatever one of them allows.
 */
function dependencySet(
  clauses: readonly Clause[],
  members: ReadonlyMap<NameEntry, readonly PackageVersion[]>,
): Set<PackageVersion> {
  const strong = new Map<NameEntry, PackageVersion[]>();
  const weak = new Map<NameEntry, Set<PackageVersion>>();
  for (const clause of clauses) {
    const [only] = clause;
    if (clause.length === 1 && only !== undefined) {
      const candidates = strong.get(only.entry) ?? members.get(only.entry) ?? [];
      strong.set(
        only.entry,
        candidates.filter(({ position }) => contains(only.ranges, position)),
      );
      weak.delete(only.entry);
      continue;
    }
    for (const { entry, ranges } of clause) {
      if (strong.has(entry)) continue;
      const found = weak.get(entry) ?? new Set();
      for (const pkg of members.get(entry) ?? []) {
        if (contains(ranges, pkg.position)) found.add(pkg);
      }
      weak.set(entry, found);
    }
  }
  const result = new Set<PackageVersion>();
  for (const found of strong.values()) for (const pkg of found) result.add(pkg);
  for (const found of weak.values()) for (const pkg of found) result.add(pkg);
  return result;
}
