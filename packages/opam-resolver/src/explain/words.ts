import type { Atom } from "../resolve/request.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";

/** Intervals told one by one; of more only how many versions there are. */
const maxIntervals = 3;

/** Versions of a name in words: `lwt`, `lwt 5.7.0`, `lwt 4.0.0 to 5.2.1`, `lwt up to 2.7`. */
export function versionsInWords(
  entry: NameEntry,
  versions: Iterable<PackageVersion>,
  every = "",
): string {
  const wanted = new Set(versions);
  const known = entry.versions.filter((pkg) => pkg.available || pkg.installed || wanted.has(pkg));
  if (known.length > 0 && known.every((pkg) => wanted.has(pkg))) {
    return known.length === 1 ? entry.text : `${every}${entry.text}`;
  }
  if (wanted.size === 0) return `a version of ${entry.text} that doesn't exist`;
  const intervals: PackageVersion[][] = [];
  let open: PackageVersion[] | undefined;
  for (const pkg of known) {
    if (!wanted.has(pkg)) {
      open = undefined;
    } else if (open === undefined) {
      open = [pkg];
      intervals.push(open);
    } else {
      open.push(pkg);
    }
  }
  if (intervals.length > maxIntervals) {
    const first = intervals[0]?.[0]?.version;
    const last = intervals.at(-1)?.at(-1)?.version;
    return `${wanted.size} versions of ${entry.text} between ${first} and ${last}`;
  }
  const told = intervals.map((interval) => intervalInWords(interval, known));
  return `${entry.text} ${inWords(told, "or")}`;
}

function intervalInWords(
  interval: readonly PackageVersion[],
  known: readonly PackageVersion[],
): string {
  const [first] = interval as [PackageVersion, ...PackageVersion[]];
  const last = interval.at(-1) as PackageVersion;
  if (first === last) return first.version;
  if (first === known[0]) return `up to ${last.version}`;
  if (last === known.at(-1)) return `${first.version} or newer`;
  if (interval.length === 2) return `${first.version} or ${last.version}`;
  return `${first.version} to ${last.version}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly string[], conjunction: "and" | "or"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1)}`;
}

/** `lwt`, `lwt 5.7.0`, `lwt < 6`, joined by commas and `and`. */
export function atomsInWords(atoms: readonly Atom[]): string {
  const words = atoms.map(({ name, op, version }) => {
    if (op === undefined) return name;
    return op === "=" ? `${name} ${version}` : `${name} ${op} ${version}`;
  });
  return inWords(words, "and");
}
