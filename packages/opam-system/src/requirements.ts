import { systemClosure } from "./closure.js";
import { neededPackages } from "./opam-mentions.js";
import type { RuntimeSource } from "./runtime-source.js";
import { systemPackages } from "./system-package.js";
import type { DebianUniverse } from "./universe.js";

/**
 * The Debian packages that must be installed for these opam packages, in alphabetical order: the
 * compiler, and the libraries that the packages among the distribution's and our own need. Others
 * are left out.
 */
export function debianRequirements(
  universe: DebianUniverse,
  runtimes: readonly RuntimeSource[],
  names: readonly string[],
): string[] {
  const system = systemPackages(universe);
  const ours = new Map(runtimes.map((source) => [source.name, source]));
  const reached = new Set<RuntimeSource>();
  const pending = names.flatMap((name) => ours.get(name) ?? []);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    pending.push(...neededPackages(next.opam, ours));
  }
  const fromOurs = [...reached].flatMap(({ opam }) => neededPackages(opam, system));
  const libraries = systemClosure(system, [...names, ...fromOurs.map(({ name }) => name)]);
  const debian = [universe.compiler.name, ...libraries.flatMap((found) => found.debian)];
  return [...new Set(debian)].sort();
}
