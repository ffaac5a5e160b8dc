import { compareVersions } from "@mirage/opam-file";
import type { Criterion } from "../resolve/criteria.js";
import type { PackageId } from "../state/switch-state.js";
import type { Situation } from "./situation.js";

/**
 * The costs of what would be installed after a plan, criterion by criterion, computed from the
 * definitions of the criteria: <https://opam.ocaml.org/doc/External_solvers.html> and mccs.
 */
export function planCosts(
  situation: Situation,
  criteria: readonly Criterion[],
  result: readonly PackageId[],
): number[] {
  const after = new Map(result.map(({ name, version }) => [name, version]));
  const names = new Set([...situation.installedNames, ...after.keys()]);
  return criteria.map((criterion) => {
    let sum = 0;
    for (const name of names) sum += cost(situation, criterion, name, after.get(name));
    return sum;
  });
}

/** The costs that order two plans: negative if the first is better, 0 if neither is. */
export function compareCosts(a: readonly number[], b: readonly number[]): number {
  for (const [index, left] of a.entries()) {
    const difference = left - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function cost(
  situation: Situation,
  criterion: Criterion,
  name: string,
  version: string | undefined,
): number {
  const before = situation.installed(name);
  const changed = version !== before;
  if (version === undefined) {
    return before !== undefined && (criterion === "removed" || criterion === "changed") ? 1 : 0;
  }
  switch (criterion) {
    case "removed":
    case "missing-depexts,changed":
      return 0;
    case "avoid-version,changed":
      return changed && isToAvoid(situation, { name, version }) ? 1 : 0;
    case "version-lag,request":
      return situation.isRequested(name) ? lag(situation, { name, version }) : 0;
    case "version-lag,changed":
      return changed ? lag(situation, { name, version }) : 0;
    case "version-lag,solution":
      return lag(situation, { name, version });
    case "changed":
      return changed ? 1 : 0;
    case "new":
      return before === undefined ? 1 : 0;
  }
}

/** Number of versions that rank higher; those to avoid rank above all others. */
function lag(situation: Situation, pkg: PackageId): number {
  const { name, version } = pkg;
  const known = situation.available(name);
  const installed = situation.installed(name);
  if (installed !== undefined && !known.includes(installed)) known.push(installed);
  const avoided = isToAvoid(situation, pkg);
  return known.filter((other) => {
    const otherAvoided = isToAvoid(situation, { name, version: other });
    if (otherAvoided !== avoided) return otherAvoided;
    return compareVersions(other, version) > 0;
  }).length;
}

function isToAvoid(situation: Situation, pkg: PackageId): boolean {
  const installed = situation.installed(pkg.name);
  const waived =
    installed !== undefined &&
    situation.hasFlag({ name: pkg.name, version: installed }, "avoid-version");
  return !waived && situation.hasFlag(pkg, "avoid-version");
}
