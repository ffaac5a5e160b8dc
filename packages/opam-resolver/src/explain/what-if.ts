import { type Atom, formatAtom, type Request } from "../resolve/request.js";
import type { Plan } from "../resolve/resolve.js";
import type { PackageVersion } from "../universe/universe.js";
import type { Argument, NoPlan } from "./explain.js";
import type { Attempt } from "./suggestions.js";

/** A version that differs between two plans; undefined where the package is not part of one. */
export interface Difference {
  readonly name: string;
  readonly version: string | undefined;
  readonly instead: string | undefined;
}

/** What a newer version of a package would take. */
export interface WhatIf {
  readonly name: string;
  /** In the plan. */
  readonly version: string;
  /** The newest version that can be had and isn't advised against. */
  readonly newest: string;
  /** Whether a newer version is possible with the request. */
  readonly isPossible: boolean;
  /** If not: why, in sentences of which each is needed; none if what was asked for says it. */
  readonly lines: readonly string[];
  /** Which of the packages asked for keep it back. */
  readonly keptBackBy: readonly string[];
  /** If one is possible: what would be different then. */
  readonly differences: readonly Difference[];
}

/** Why a package of a plan isn't newer; undefined if it isn't part of the plan. */
export async function whatIfNewer(
  request: Request,
  plan: Plan,
  name: string,
  attempt: Attempt,
  argumentFor: (outcome: NoPlan) => Promise<Argument>,
): Promise<WhatIf | undefined> {
  const pkg = plan.result.find(({ entry }) => entry.text === name);
  if (pkg === undefined) return undefined;
  const newest = newestVersion(plan, pkg);
  const known = { name, version: pkg.version, newest: newest.version };
  const possible = { ...known, isPossible: true, lines: [], keptBackBy: [] };
  if (newest === pkg) return { ...possible, isPossible: false, differences: [] };
  const atom: Atom = { name, op: ">", version: pkg.version };
  const outcome = await attempt({ ...request, atoms: [...request.atoms, atom] });
  if (outcome.kind === "plan") {
    return { ...possible, differences: differences(plan, outcome) };
  }
  const { asked, reasons } = await argumentFor(outcome);
  const others = asked.map(formatAtom).filter((text) => text !== formatAtom(atom));
  return { ...known, isPossible: false, lines: reasons, keptBackBy: others, differences: [] };
}

function newestVersion(plan: Plan, pkg: PackageVersion): PackageVersion {
  const candidates = pkg.entry.versions.filter(
    (other) => other.available && !plan.universe.isToAvoid(other),
  );
  const newest = candidates.at(-1);
  return newest !== undefined && newest.order > pkg.order ? newest : pkg;
}

function differences(plan: Plan, other: Plan): Difference[] {
  const versions = (of: Plan): Map<string, string> =>
    new Map(of.result.map(({ entry, version }) => [entry.text, version]));
  const before = versions(plan);
  const after = versions(other);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort()
    .map((name) => ({ name, version: before.get(name), instead: after.get(name) }));
}

/** The answer in sentences. */
export function whatIfInWords(answer: WhatIf): string[] {
  const { name, version, newest, isPossible, lines, keptBackBy, differences: others } = answer;
  if (version === newest) return [`${name} ${version} is the newest version that can be had`];
  if (!isPossible) {
    const by = keptBackBy.length === 0 ? "" : ` by ${keptBackBy.join(", ")}`;
    const kept = `${name} is kept at ${version}${by}, though there is ${newest}`;
    return lines.length === 0 ? [kept] : [`${kept}:`, ...lines];
  }
  return [
    `${name} could be newer than ${version}; it is not, as the plan would be worse:`,
    ...others.map(differenceInWords),
  ];
}

function differenceInWords({ name, version, instead }: Difference): string {
  if (version === undefined) return `${name} ${instead} would be needed as well`;
  if (instead === undefined) return `${name} ${version} would not be part of it`;
  return `${name} would be ${instead} instead of ${version}`;
}
