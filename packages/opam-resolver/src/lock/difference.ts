import { compareVersions } from "@mirage/opam-file/version";
import type { PackageId } from "../state/switch-state.js";
import type { LockedPackage } from "./lock.js";

/** How packages differ from those of a lock; every list is in the order of names. */
export interface LockDifference {
  /** Not in the lock. */
  readonly added: readonly PackageId[];
  /** Only in the lock. */
  readonly removed: readonly PackageId[];
  readonly changed: readonly VersionChange[];
  /** The same version, but its opam file says something else. */
  readonly altered: readonly PackageId[];
}

export interface VersionChange {
  readonly name: string;
  readonly locked: string;
  readonly now: string;
}

/** Compares a lock's packages with others. The content counts where both sides know a checksum. */
export function compareLock(
  locked: readonly LockedPackage[],
  now: readonly LockedPackage[],
): LockDifference {
  const before = new Map(locked.map((pkg) => [pkg.name, pkg]));
  const after = new Map(now.map((pkg) => [pkg.name, pkg]));
  const added: PackageId[] = [];
  const removed: PackageId[] = [];
  const changed: VersionChange[] = [];
  const altered: PackageId[] = [];
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const old = before.get(name);
    const pkg = after.get(name);
    if (old === undefined) added.push(id(pkg as LockedPackage));
    else if (pkg === undefined) removed.push(id(old));
    else if (compareVersions(old.version, pkg.version) !== 0) {
      changed.push({ name, locked: old.version, now: pkg.version });
    } else if (old.checksum !== undefined && pkg.checksum !== undefined) {
      if (old.checksum !== pkg.checksum) altered.push(id(pkg));
    }
  }
  return { added, removed, changed, altered };
}

/** Whether there is no difference. */
export function isSame({ added, removed, changed, altered }: LockDifference): boolean {
  return added.length + removed.length + changed.length + altered.length === 0;
}

/** A line for each difference: `+ a.1`, `- b.2`, `  c 1 -> 2`, `  d.3 has different content`. */
export function printDifference({ added, removed, changed, altered }: LockDifference): string {
  return [
    ...added.map(({ name, version }) => `+ ${name}.${version}`),
    ...removed.map(({ name, version }) => `- ${name}.${version}`),
    ...changed.map(({ name, locked, now }) => `  ${name} ${locked} -> ${now}`),
    ...altered.map(({ name, version }) => `  ${name}.${version} has different content`),
  ].join("\n");
}

function id({ name, version }: LockedPackage): PackageId {
  return { name, version };
}
