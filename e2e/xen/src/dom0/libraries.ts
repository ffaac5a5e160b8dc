import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { architectures } from "./architecture.js";

function places(triplet: string): string[] {
  return [`lib/${triplet}`, `usr/lib/${triplet}`, "usr/lib/xen-4.17/lib", "lib64"];
}

/**
 * Paths, below the folder of unpacked packages, of all libraries that programs need, directly or
 * through others.
 */
export function libraryClosure(
  root: string,
  programs: readonly string[],
  extra: readonly string[],
  { libraries } = architectures.amd64,
): string[] {
  const found = new Map<string, string>();
  let wanted = [...needed(root, programs), ...extra];
  while (wanted.length > 0) {
    const fresh = [...new Set(wanted)].filter((name) => !found.has(name));
    for (const name of fresh) found.set(name, find(root, libraries, name));
    wanted = needed(
      root,
      fresh.map((name) => found.get(name) ?? ""),
    );
  }
  return [...found.values()];
}

function find(root: string, triplet: string, name: string): string {
  const path = places(triplet)
    .map((place) => `${place}/${name}`)
    .find((path) => existsSync(join(root, path)));
  if (path === undefined) throw new Error(`no package of dom0's has the library ${name}`);
  return path;
}

function needed(root: string, files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const text = execFileSync("readelf", ["-d", ...files], { cwd: root, encoding: "utf8" });
  return [...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = ""]) => name);
}
