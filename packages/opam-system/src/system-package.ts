import type { DebianPackage } from "./debian-package.js";
import { type OpamContent, opamContents, opamVersion } from "./opam-names.js";
import type { DebianUniverse } from "./universe.js";

/** An opam package that the distribution has built already. */
export interface SystemPackage {
  readonly name: string;
  readonly version: string;
  /** The Debian packages that hold it. */
  readonly debian: readonly string[];
  /** Top-level findlib libraries in it. */
  readonly libraries: readonly string[];
  /** Names of the system packages it was built against. */
  readonly depends: readonly string[];
  readonly origin: DebianPackage;
}

/** Libraries that the compiler's Debian package stands for: opam package, version, library. */
const withCompiler: readonly (readonly [string, string, readonly string[]])[] = [
  ["base-bigarray", "base", ["bigarray"]],
  ["base-bytes", "base", ["bytes"]],
  ["base-threads", "base", ["threads"]],
  ["base-unix", "base", ["unix"]],
  ["seq", "base", ["seq"]],
  ["stdlib-shims", "0.3.0", ["stdlib-shims"]],
  ["uchar", "0.0.2", ["uchar"]],
];

/**
 * The opam packages that a Debian distribution holds, by name, in alphabetical order. When two
 * Debian packages claim the same opam package, the one earlier in the alphabet has it.
 */
export function systemPackages(universe: DebianUniverse): ReadonlyMap<string, SystemPackage> {
  const mainOpamName = mainNames(universe);
  const found = new Map<string, SystemPackage>();
  for (const [name, version, libraries] of withCompiler) {
    const debian = [universe.compiler.name];
    found.set(name, { name, version, debian, libraries, depends: [], origin: universe.compiler });
  }
  for (const origin of universe.packages.values()) {
    const neighbours = new Set(
      origin.depends.flatMap((alternatives) => mainOpamName(alternatives) ?? []),
    );
    const contents = opamContents(origin.name);
    for (const content of contents) {
      if (found.has(content.name)) continue;
      const siblings = content === contents[0] ? [] : [contents[0]?.name ?? content.name];
      const depends = [...new Set([...neighbours, ...siblings])].filter((n) => n !== content.name);
      found.set(content.name, systemPackage(universe, origin, content, depends.sort()));
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function systemPackage(
  universe: DebianUniverse,
  origin: DebianPackage,
  content: OpamContent,
  depends: readonly string[],
): SystemPackage {
  const also = (content.also ?? []).filter((name) => universe.packages.has(name));
  return {
    name: content.name,
    version: opamVersion(origin.name, origin.version, content),
    debian: [origin.name, ...also],
    libraries: content.libraries ?? [content.name],
    depends,
    origin,
  };
}

/** Which opam package a dependency on one of several Debian names means, if on any. */
function mainNames(universe: DebianUniverse) {
  const byDebianName = new Map<string, string>();
  for (const found of universe.packages.values()) {
    const main = opamContents(found.name)[0];
    if (!main) continue;
    for (const name of [found.name, ...found.provides]) byDebianName.set(name, main.name);
  }
  return (alternatives: readonly string[]) =>
    alternatives.map((name) => byDebianName.get(name)).find((name) => name !== undefined);
}
