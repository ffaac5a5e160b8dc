import type { NameEntry, PackageVersion, Universe } from "../universe/universe.js";
import type { Rank } from "./criteria.js";

/** Which packages may be part of a solution, and how they stand. */
export class Ranking {
  readonly #universe: Universe;
  readonly #orphans: ReadonlySet<PackageVersion>;
  readonly #requested: ReadonlySet<string>;
  readonly #missingDepexts: (pkg: PackageVersion) => boolean;
  readonly #known = new Map<NameEntry, readonly (Rank | undefined)[]>();

  /** `requested`: the names in the request; `orphans`: installed packages that can't be kept. */
  constructor(
    universe: Universe,
    requested: ReadonlySet<string>,
    orphans: ReadonlySet<PackageVersion>,
    missingDepexts: (pkg: PackageVersion) => boolean,
  ) {
    this.#universe = universe;
    this.#requested = requested;
    this.#orphans = orphans;
    this.#missingDepexts = missingDepexts;
  }

  /** By position among the versions of the name; undefined where the version can't be chosen. */
  of(entry: NameEntry): readonly (Rank | undefined)[] {
    let ranks = this.#known.get(entry);
    if (ranks === undefined) {
      ranks = this.#rank(entry);
      this.#known.set(entry, ranks);
    }
    return ranks;
  }

  #rank(entry: NameEntry): (Rank | undefined)[] {
    const { versions, installed } = entry;
    const waived = installed !== undefined && this.#universe.isToAvoid(installed);
    const requested = this.#requested.has(entry.text);
    const ranks: (Rank | undefined)[] = new Array(versions.length).fill(undefined);
    let lag = 0;
    for (const avoided of [true, false]) {
      for (let i = versions.length - 1; i >= 0; i--) {
        const pkg = versions[i] as PackageVersion;
        if (!pkg.available && !pkg.installed) continue;
        const avoid = !waived && this.#universe.isToAvoid(pkg);
        if (avoid !== avoided) continue;
        const missingDepexts = this.#missingDepexts(pkg);
        // Orphans count as newer versions, but can't be chosen.
        if (!this.#orphans.has(pkg)) ranks[i] = { lag, avoid, missingDepexts, requested };
        lag++;
      }
    }
    return ranks;
  }
}
