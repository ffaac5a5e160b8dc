import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What fits into `sockaddr_un`, but for the NUL behind it: unix(7); other systems take a little less. */
const longest = 103;

/**
 * Calls `use` with a path of a Unix socket that is short enough for the kernel: on Linux one by way of its
 * open folder, if need be. It is valid while `use` runs, which is to call bind(2) or connect(2).
 */
export function withSocketPath<T>(path: string, use: (path: string) => T): T {
  if (Buffer.byteLength(path) <= longest || process.platform !== "linux") return use(path);
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return use(`/proc/self/fd/${folder}/${basename(path)}`);
  } finally {
    closeSync(folder);
  }
}
