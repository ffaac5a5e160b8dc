import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What an installation consists of. */
export interface Measure {
  readonly packages: number;
  /** The sizes of all files. */
  readonly bytes: number;
}

/** Counts the packages below a `node_modules` folder, and what all their files hold. */
export function measure(nodeModules: string): Measure {
  let packages = 0;
  let bytes = 0;
  for (const entry of readdirSync(nodeModules, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
    const isRoot = /\/node_modules\/(?:@[^/]+\/)?[^/@]+$/.test(entry.parentPath);
    if (isRoot && entry.name === "package.json") packages++;
  }
  return { packages, bytes };
}
