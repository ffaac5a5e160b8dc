import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { PackageId, SwitchInput } from "@mirage/opam-resolver";

/** A package whose sources lie in the application's folder, and where. */
export interface CarriedPackage {
  readonly name: string;
  /** Relative to the folder. */
  readonly path: string;
}

/**
 * The chosen packages that a switch has pinned to a place in a folder: installing them runs build rules
 * that came with it. opam notes the place in `url { src }` of a pinned package's file.
 */
export function carriedPackages(
  chosen: readonly PackageId[],
  pins: SwitchInput["pins"] = [],
  directory: string,
): CarriedPackage[] {
  const names = new Set(chosen.map(({ name }) => name));
  return pins.flatMap(({ name, opam = "" }) => {
    const [, url] = /^\s*src:\s*"(?:[a-z]+\+)?(file:\/\/[^"#?]+)/m.exec(opam) ?? [];
    if (url === undefined || !names.has(name)) return [];
    const path = relative(directory, fileURLToPath(url));
    return path === ".." || path.startsWith("../") ? [] : [{ name, path: path || "." }];
  });
}
