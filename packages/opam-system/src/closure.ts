import type { SystemPackage } from "./system-package.js";

/**
 * The named system packages and all they need, in alphabetical order; names that the distribution
 * does not have are left out.
 */
export function systemClosure(
  packages: ReadonlyMap<string, SystemPackage>,
  names: Iterable<string>,
): SystemPackage[] {
  const reached = new Map<string, SystemPackage>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const found = packages.get(name);
    if (!found || reached.has(name)) continue;
    reached.set(name, found);
    pending.push(...found.depends);
  }
  return [...reached.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The opam package that holds a findlib library, such as `lwt` for `lwt.unix`. */
export function packageOfLibrary(
  packages: ReadonlyMap<string, SystemPackage>,
  library: string,
): SystemPackage | undefined {
  const top = library.split(".")[0] ?? library;
  const sameName = packages.get(top);
  if (sameName?.libraries.includes(top)) return sameName;
  return [...packages.values()].find((candidate) => candidate.libraries.includes(top));
}
