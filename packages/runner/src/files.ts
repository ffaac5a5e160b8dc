import { closeSync, constants, openSync } from "node:fs";
import { resolve } from "node:path";

/** A file that was opened for the unikernel. */
export interface OpenFile {
  /** As the unikernel names it. */
  readonly path: string;
  readonly fd: number;
  readonly access: "ro" | "rw";
}

/**
 * Opens the files that a unikernel names, with the rights of this process, which may be more than its
 * own. One that cannot be opened is left to the unikernel to complain about.
 */
export function openFiles(paths: readonly string[], cwd: string): OpenFile[] {
  return [...new Set(paths)].flatMap((path) => openOne(path, resolve(cwd, path)) ?? []);
}

export function closeFiles(files: readonly OpenFile[]): void {
  for (const { fd } of files) closeSync(fd);
}

function openOne(path: string, place: string): OpenFile | undefined {
  for (const [access, flags] of [
    ["rw", constants.O_RDWR],
    ["ro", constants.O_RDONLY],
  ] as const) {
    try {
      return { path, access, fd: openSync(place, flags | constants.O_NONBLOCK) };
    } catch {
      // perhaps the other way
    }
  }
  return undefined;
}
