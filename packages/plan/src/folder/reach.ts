import { lstatSync, mkdirSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { withFolder } from "./open-folder.js";

export interface ReachOptions {
  /** Create the folders on the way that are missing. */
  readonly make?: boolean;
}

/**
 * Calls `use` with a path that leads to one entry of a folder, and through no symbolic link: every
 * part of `path` before the last is a real folder within the one before. The last part is the
 * caller's to treat: it may be a link.
 *
 * `folder` itself is what the user named, and may lie behind links. `path` is relative to it, or
 * absolute and below it.
 *
 * Returns undefined, without calling `use`, if a folder on the way does not exist.
 * @throws MirageError `ERR_MIRAGE_FOLDER_OUTSIDE` if the path leaves the folder,
 * `ERR_MIRAGE_FOLDER_LINK` and `ERR_MIRAGE_FOLDER_NO_FOLDER` for what is in the way
 */
export function reach<T>(
  folder: string,
  path: string,
  use: (entry: string) => T,
  { make = false }: ReachOptions = {},
): T | undefined {
  const descend = (
    inside: string,
    shown: string,
    [name = "", ...rest]: readonly string[],
  ): T | undefined => {
    const entry = `${inside}/${name}`;
    if (rest.length === 0) return use(entry);
    const below = join(shown, name);
    if (make) makeFolder(entry);
    return withFolder(entry, below, (next) => descend(next, below, rest));
  };
  const parts = partsOf(folder, path);
  return withFolder(folder, folder, (inside) => descend(inside, folder, parts), { follow: true });
}

/** The path of an entry as people know it, for messages. */
export function shownPath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/**
 * The parts of a path within a folder.
 * @throws MirageError `ERR_MIRAGE_FOLDER_OUTSIDE` if it is not within
 */
function partsOf(folder: string, path: string): readonly string[] {
  const parts = (isAbsolute(path) ? relative(folder, path) : path).split("/");
  if (parts.every((part) => !["", ".", ".."].includes(part) && !part.includes("\0"))) return parts;
  throw new MirageError(
    "ERR_MIRAGE_FOLDER_OUTSIDE",
    `${JSON.stringify(path)} does not lie inside ${folder}`,
    { hint: "mirage reads, writes and removes nothing else than what is in that folder" },
  );
}

function makeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
