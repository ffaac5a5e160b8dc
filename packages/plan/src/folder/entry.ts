import { lstatSync } from "node:fs";
import { reach } from "./reach.js";

/** What lies at a path: `link` is a symbolic link, `other` a device, a pipe or a socket. */
export type EntryKind = "file" | "folder" | "link" | "other";

/** What lies at a path within a folder, links not followed; nothing if there is nothing. */
export function entryKind(folder: string, path: string): EntryKind | undefined {
  return reach(folder, path, kindAt);
}

/** What lies at a path, if it is a link the link itself. */
export function kindAt(path: string): EntryKind | undefined {
  // By `bigint`, as Node.js 20's own realpath is led astray by what else was found last: a pipe ends it
  // early, and a module that is imported then is loaded a second time.
  const found = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return "link";
  if (found.isDirectory()) return "folder";
  return found.isFile() ? "file" : "other";
}
