import type { Plan } from "../resolve/resolve.js";
import type { PackageId } from "../state/switch-state.js";
import type { Universe } from "../universe/universe.js";

/** A package that is not at its newest version. */
export interface OutdatedPackage {
  readonly name: string;
  readonly current: string;
  /** The version in a new plan; undefined if the package is not needed any more. */
  readonly possible: string | undefined;
  /** The newest available version that its authors do not advise against. */
  readonly newest: string;
}

/**
 * Of the packages given, those of which there is a newer version, and those that a plan, made without
 * regard to them, has in another version.
 */
export function outdatedPackages(
  current: readonly PackageId[],
  { universe, result }: Plan,
): OutdatedPackage[] {
  const planned = new Map(result.map(({ entry, version }) => [entry.text, version]));
  return current.flatMap(({ name, version }) => {
    const possible = planned.get(name);
    const newest = newestVersion(universe, name) ?? version;
    const isNewest = universe.orderOfText(newest) <= universe.orderOfText(version);
    const stays = possible === undefined || possible === version;
    return isNewest && stays ? [] : [{ name, current: version, possible, newest }];
  });
}

function newestVersion(universe: Universe, name: string): string | undefined {
  return universe.entry(name).versions.findLast((pkg) => pkg.available && !universe.isToAvoid(pkg))
    ?.version;
}
