import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** The file that gets all that opam and apt say. */
export interface Log {
  readonly path: string;
  write(text: string): void;
  close(): void;
}

/** Starts a log file anew. */
export function openLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "w");
  return { path, write: (text) => void writeSync(fd, text), close: () => closeSync(fd) };
}
