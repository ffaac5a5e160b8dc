import { compareVersions } from "@mirage/opam-file";
import type { Criterion } from "../resolve/criteria.js";
import type { PackageId } from "../state/switch-state.js";
import type { CheckContext } from "./context.js";

/**
 * The costs of what would be installed after a plan, criterion by criterion, computed from the
 * definitions of the criteria: <https://opam.ocaml.org/doc/External_solvers.html> and mccs.
 */
export function planCosts(
  context: CheckContext,
  criteria: readonly Criterion[],
  result: readonly PackageId[],
): number[] {
  const after = new Map(result.map(({ name, version }) => [name, version]));
  const names = new Set([...context.installedNames, ...after.keys()]);
  return criteria.map((criterion) => {
    let sum = 0;
    for (const name of names) sum += cost(context, criterion, name, after.get(name));
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
  context: CheckContext,
  criterion: Criterion,
  name: string,
  version: string | undefined,
): number {
  const before = context.installed(name);
  const changed = version !== before;
  if (version === undefined) {
    return before !== undefined && (criterion === "removed" || criterion === "changed") ? 1 : 0;
  }
  switch (criterion) {
    case "removed":
    case "missing-depexts,changed":
      return 0;
    case "avoid-version,changed":
      return changed && isToAvoid(context, { name, version }) ? 1 : 0;
    case "version-lag,request":
      return context.isRequested(name) ? lag(context, { name, version }) : 0;
    case "version-lag,changed":
      return changed ? lag(context, { name, version }) : 0;
    case "version-lag,solution":
      return lag(context, { name, version });
    case "changed":
      return changed ? 1 : 0;
    case "new":
      return before === undefined ? 1 : 0;
  }
}

/** Number of versions that rank higher; those to avoid rank above all others. */
function lag(context: CheckContext, pkg: PackageId): number {
  const { name, version } = pkg;
  const known = context.available(name);
  const installed = context.installed(name);
  if (installed !== undefined && !known.includes(installed)) known.push(installed);
  const avoided = isToAvoid(context, pkg);
  return known.filter((other) => {
    const otherAvoided = isToAvoid(context, { name, version: other });
    if (otherAvoided !== avoided) return otherAvoided;
    return compareVersions(other, version) > 0;
  }).length;
}

function isToAvoid(context: CheckContext, pkg: PackageId): boolean {
  const installed = context.installed(pkg.name);
  const waived =
    installed !== undefined &&
    context.hasFlag({ name: pkg.name, version: installed }, "avoid-version");
  return !waived && context.hasFlag(pkg, "avoid-version");
}
