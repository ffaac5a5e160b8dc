import type { Dirent } from "node:fs";
import { readdir, readlink, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What a program cannot have of a folder: a link that leads out of it, or what is no file. */
export interface Unusable {
  /** The link, below the folder that was searched; that folder's own path if it is the link. */
  readonly path: string;
  /** What the link says; absent for a pipe, a socket or a device. */
  readonly target?: string;
}

/** More than these are not listed. */
const shown = 5;

/** Entries that are looked at; what a larger folder holds is found when it is built. */
const mostEntries = 200_000;

/**
 * The first entries below a folder that are links out of it, by name or by way of others, or neither files
 * nor folders. Links to nothing are left to the build, which refuses them all.
 */
export async function unusableIn(folder: string): Promise<Unusable[]> {
  const root = await realpath(folder);
  const found: Unusable[] = [];
  const folders = [root];
  let seen = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await entriesOf(next)) {
      seen++;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (entry.isDirectory() || entry.isFile()) continue;
      if (entry.isSymbolicLink()) {
        const place = await realpath(path).catch(() => path);
        if (isWithin(root, place)) continue;
        found.push({ path: relative(root, path), target: await readlink(path) });
      } else {
        found.push({ path: relative(root, path) });
      }
      if (found.length === shown) return found;
    }
    if (seen > mostEntries) break;
  }
  return found;
}

/** Whether a path that is written as one below `parent` lies, after all links, elsewhere. */
export async function leavesByLink(parent: string, path: string): Promise<boolean> {
  if (!isWithin(parent, path)) return false;
  const [folder, place] = await Promise.all([realpath(parent), realpath(path)]);
  return !isWithin(folder, place);
}

/** Whether `path` is `folder` or lies below it, by the words of the two. */
export function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`);
}

/** What cannot be listed is left to the build, which says so. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
