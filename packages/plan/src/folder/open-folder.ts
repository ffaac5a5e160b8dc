import { closeSync, constants, existsSync, lstatSync, openSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";

/**
 * Where Linux shows open files as paths. A name behind such a path starts at that folder, whatever was
 * renamed since: openat(2) for a program that has only path names. proc_pid_fd(5).
 */
const openFiles = "/proc/self/fd";

/** open(2): a handle on a place, which needs no permission to read it. Node.js has no name for it. */
const oPath = 0o10000000;

const flags = constants.O_DIRECTORY | (process.platform === "linux" ? oPath : 0);

/**
 * Holds a folder open and calls `use` with a path of it to put names behind. On Linux that path keeps
 * meaning this folder, even if somebody puts a link in its place; elsewhere it is the path given, which
 * was looked at. Returns undefined, without calling `use`, if there is nothing.
 *
 * `shown` is the path as people know it.
 * @throws MirageError `ERR_MIRAGE_FOLDER_LINK` for a link unless `follow`, `ERR_MIRAGE_FOLDER_NO_FOLDER`
 */
export function withFolder<T>(
  path: string,
  shown: string,
  use: (inside: string) => T,
  { follow = false }: { readonly follow?: boolean } = {},
): T | undefined {
  const found = follow ? undefined : lstatSync(path, { throwIfNoEntry: false });
  if (!follow && found === undefined) return undefined;
  if (found?.isSymbolicLink()) throw aLink(shown);
  if (found && !found.isDirectory()) throw noFolder(shown);
  if (!existsSync(openFiles)) return use(path);
  const fd = open(path, shown, follow ? 0 : constants.O_NOFOLLOW);
  try {
    return use(`${openFiles}/${fd}`);
  } finally {
    closeSync(fd);
  }
}

/** Refuses what became a link since it was looked at. */
function open(path: string, shown: string, noFollow: number): number {
  try {
    return openSync(path, flags | noFollow);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") throw noFollow === 0 ? noFolder(shown) : aLink(shown);
    throw Object.assign(error as Error, { path: shown });
  }
}

function aLink(shown: string): MirageError {
  return new MirageError("ERR_MIRAGE_FOLDER_LINK", `${shown} is a symbolic link`, {
    hint: "mirage follows no link in an application's folder: remove it, or put a folder in its place",
  });
}

function noFolder(shown: string): MirageError {
  return new MirageError("ERR_MIRAGE_FOLDER_NO_FOLDER", `${shown} is not a folder`, {
    hint: "remove it, or put a folder in its place",
  });
}
