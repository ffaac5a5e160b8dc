import type { NameEntry, PackageVersion } from "../universe/universe.js";

/**
 * What counts against a solution. `changed` means: not installed now; `request`: of a requested name.
 * A version's lag is the number of newer versions that could be had.
 */
export type Criterion =
  | "removed"
  | "avoid-version,changed"
  | "version-lag,request"
  | "version-lag,changed"
  | "version-lag,solution"
  | "missing-depexts,changed"
  | "changed"
  | "new";

/** opam 2.1's criteria for `opam install` and `opam remove`, the most important first. */
export const installCriteria: readonly Criterion[] = [
  "removed",
  "avoid-version,changed",
  "version-lag,request",
  "version-lag,changed",
  "missing-depexts,changed",
  "changed",
];

/** For `opam upgrade` of everything. */
export const upgradeCriteria: readonly Criterion[] = [
  "removed",
  "avoid-version,changed",
  "version-lag,solution",
  "missing-depexts,changed",
  "new",
];

/** For `opam reinstall`. */
export const fixupCriteria: readonly Criterion[] = [
  "changed",
  "avoid-version,changed",
  "version-lag,solution",
  "missing-depexts,changed",
];

/** What criteria need to know of a package. */
export interface Rank {
  /** Number of newer versions that could be had; versions to avoid come after all others. */
  readonly lag: number;
  readonly avoid: boolean;
  readonly missingDepexts: boolean;
  readonly requested: boolean;
}

/** The cost of choosing a version of a name. */
export function costOfVersion(criterion: Criterion, pkg: PackageVersion, rank: Rank): number {
  switch (criterion) {
    case "removed":
      return 0;
    case "avoid-version,changed":
      return !pkg.installed && rank.avoid ? 1 : 0;
    case "version-lag,request":
      return rank.requested ? rank.lag : 0;
    case "version-lag,changed":
      return pkg.installed ? 0 : rank.lag;
    case "version-lag,solution":
      return rank.lag;
    case "missing-depexts,changed":
      return !pkg.installed && rank.missingDepexts ? 1 : 0;
    case "changed":
      return pkg.installed ? 0 : 1;
    case "new":
      return pkg.entry.installed === undefined ? 1 : 0;
  }
}

/** The cost of having no version of a name. */
export function costOfAbsence(criterion: Criterion, entry: NameEntry): number {
  const removed = criterion === "removed" || criterion === "changed";
  return removed && entry.installed !== undefined ? 1 : 0;
}
