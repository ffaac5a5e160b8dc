import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { type EntryKind, kindAt } from "./entry.js";
import { shownPath } from "./reach.js";

const names: Readonly<Record<Exclude<EntryKind, "file">, string>> = {
  folder: "a folder",
  link: "a symbolic link",
  other: "a device, a pipe or a socket",
};

/**
 * Opens a regular file and nothing else: no link, and no device or pipe that would never end or never
 * begin. `entry` comes from `reach`; `folder` and `path` say in messages what it is.
 *
 * Returns undefined if there is nothing and the flags do not create it.
 * @throws MirageError `ERR_MIRAGE_FOLDER_LINK`, `ERR_MIRAGE_FOLDER_NO_FILE`
 */
export function openFile(
  entry: string,
  { folder, path }: { readonly folder: string; readonly path: string },
  flags: number,
  mode = 0o644,
): number | undefined {
  const shown = shownPath(folder, path);
  // A look first: opening a device can already do something.
  const kind = kindAt(entry);
  if (kind !== undefined && kind !== "file") throw notAFile(shown, kind);
  if (kind === undefined && (flags & constants.O_CREAT) === 0) return undefined;
  const fd = openOrRefuse(entry, flags, mode, shown);
  if (fd === undefined || fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw notAFile(shown, "other");
}

function openOrRefuse(
  entry: string,
  flags: number,
  mode: number,
  shown: string,
): number | undefined {
  try {
    return openSync(entry, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP" || code === "EMLINK") throw notAFile(shown, "link");
    if (code === "ENXIO") throw notAFile(shown, "other");
    throw Object.assign(error as Error, { path: shown });
  }
}

function notAFile(shown: string, kind: Exclude<EntryKind, "file">): MirageError {
  const code = kind === "link" ? "ERR_MIRAGE_FOLDER_LINK" : "ERR_MIRAGE_FOLDER_NO_FILE";
  return new MirageError(code, `${shown} is ${names[kind]}, not a file`, {
    hint:
      kind === "link"
        ? "mirage follows no link in an application's folder: remove it, or put the file in its place"
        : "remove it, or put a file in its place",
  });
}
