import { closeSync, existsSync, mkdirSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { entryKind, openInside } from "@mirage/plan";

/** The file that gets all that opam and apt say. */
export interface Log {
  readonly path: string;
  write(text: string): void;
  close(): void;
}

/**
 * Truncates a log file. A link in its place is refused, and below the folder `within`, which may be
 * somebody else's, one on the way to it.
 */
export function openLog(path: string, within = dirname(path)): Log {
  mkdirSync(within, { recursive: true });
  const fd = openInside(within, path, { empty: true });
  return { path, write: (text) => void writeSync(fd, text), close: () => closeSync(fd) };
}

/** Refuses what `openLog` refuses, before there is anything to write; creates nothing. */
export function checkLog(path: string, within = dirname(path)): void {
  const kind = existsSync(within) ? entryKind(within, path) : undefined;
  if (kind !== undefined && kind !== "file") openLog(path, within).close();
}
