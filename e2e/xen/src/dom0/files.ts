import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CpioArchive } from "./cpio.js";

/** A function that copies a file of `root` into the archive, by default to the same path. */
export function copyFrom(
  root: string,
  archive: CpioArchive,
): (path: string, target?: string) => void {
  return (path, target = path) => {
    const content = readFileSync(join(root, path));
    archive.file(target, content, statSync(join(root, path)).mode & 0o777);
  };
}

/** Paths, from `root`, of all files below one of its folders. */
export function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** The path of the one file of a folder that is called like `pattern`. */
export function onlyFile(folder: string, pattern: RegExp): string {
  const found = readdirSync(folder).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`${found.length} files like ${pattern} in ${folder}`);
  return join(folder, found[0] ?? "");
}
