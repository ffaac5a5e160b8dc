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
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return "link";
  if (found.isDirectory()) return "folder";
  return found.isFile() ? "file" : "other";
}
