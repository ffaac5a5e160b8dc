import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { MirageError } from "@mirage/diagnostics";

/** Less than this is not even enough for opam's own files. */
const least = 16 * 1024 * 1024;

/** Bytes that this user may still write on the disk that a path is on, or will be. */
export async function freeSpace(path: string): Promise<number> {
  const found = await statfs(path).catch(() => undefined);
  if (found) return found.bavail * found.bsize;
  return dirname(path) === path ? Number.POSITIVE_INFINITY : freeSpace(dirname(path));
}

/** @throws MirageError `ERR_MIRAGE_DISK_FULL` when opam would not get far. */
export async function checkFreeSpace(path: string): Promise<void> {
  const free = await freeSpace(path);
  if (free >= least) return;
  const megabytes = (free / 1024 / 1024).toFixed(0);
  throw new MirageError(
    "ERR_MIRAGE_DISK_FULL",
    `only ${megabytes} MB are free on the disk of ${path}`,
    { hint: "free some space, or put the data elsewhere with XDG_DATA_HOME" },
  );
}
