import { and, atom, atoms, evaluateFormula, or, type VersionFormula } from "./formula.js";
import { compareVersions, satisfiesRelOp } from "./version.js";

/**
 * The same set of versions in normal form: disjoint intervals in ascending order, joined by `|`, with
 * `!=` for single gaps. `empty` if all versions are allowed, undefined if none is.
 */
export function simplifyVersions(versions: VersionFormula): VersionFormula | undefined {
  const bounds = distinctVersions(versions);
  // Points on the line of versions: 2i+1 is bounds[i], 2i what lies between it and the one before.
  const pointOf = new Map(bounds.map((version, i) => [version, 2 * i + 1]));
  const representative = new Map<string, number>();
  for (const { version } of atoms(versions)) {
    const known = pointOf.get(version) ?? 2 * lowerBound(bounds, version) + 1;
    representative.set(version, known);
  }
  const allowed: boolean[] = [];
  for (let point = 0; point <= 2 * bounds.length; point++) {
    allowed.push(
      evaluateFormula(versions, ({ op, version }) =>
        satisfiesRelOp(op, point - (representative.get(version) ?? 0)),
      ),
    );
  }
  if (!allowed.includes(true)) return undefined;
  return or(intervals(allowed).map((interval) => intervalFormula(interval, allowed, bounds)));
}

type Interval = readonly [from: number, to: number];

/** The runs of allowed points; a single forbidden version between two open gaps doesn't end one. */
function intervals(allowed: readonly boolean[]): Interval[] {
  const result: Interval[] = [];
  for (let from = 0; from < allowed.length; from++) {
    if (!allowed[from]) continue;
    let to = from;
    while (allowed[to + 1] || (to % 2 === 0 && allowed[to + 2])) to += 1;
    result.push([from, to]);
    from = to;
  }
  return result;
}

function intervalFormula(
  [from, to]: Interval,
  allowed: readonly boolean[],
  bounds: readonly string[],
): VersionFormula {
  const boundAt = (point: number) => bounds[(point - 1) / 2] as string;
  if (from === to && from % 2 === 1) return atom({ op: "=", version: boundAt(from) });
  const parts: VersionFormula[] = [];
  if (from > 0) {
    const inclusive = from % 2 === 1;
    parts.push(
      atom(
        inclusive ? { op: ">=", version: boundAt(from) } : { op: ">", version: boundAt(from - 1) },
      ),
    );
  }
  for (let point = from; point <= to; point++) {
    if (!allowed[point]) parts.push(atom({ op: "!=", version: boundAt(point) }));
  }
  if (to < allowed.length - 1) {
    const inclusive = to % 2 === 1;
    parts.push(
      atom(inclusive ? { op: "<=", version: boundAt(to) } : { op: "<", version: boundAt(to + 1) }),
    );
  }
  return and(parts);
}

/** The versions of a formula in ascending order, equal ones once. */
function distinctVersions(versions: VersionFormula): string[] {
  return atoms(versions)
    .map(({ version }) => version)
    .sort(compareVersions)
    .filter((version, i, all) => i === 0 || compareVersions(all[i - 1] as string, version) !== 0);
}

function lowerBound(sorted: readonly string[], version: string): number {
  return sorted.findIndex((candidate) => compareVersions(candidate, version) === 0);
}
