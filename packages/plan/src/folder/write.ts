import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { entryKind } from "./entry.js";
import { openFile } from "./open-file.js";
import { reach, shownPath } from "./reach.js";
import { readInside } from "./read.js";

/**
 * Writes a file within a folder whole, through a temporary file and a rename, creating both as
 * needed. Returns false, touching nothing, when the content is there already. A link at that name is
 * replaced; what it leads to stays as it is.
 * @throws MirageError what `reach` throws
 */
export function writeInside(
  folder: string,
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): boolean {
  const bytes = Buffer.from(content);
  mkdirSync(folder, { recursive: true });
  if (hasContent(folder, path, bytes)) return false;
  const name = `.${basename(path).slice(0, 200)}.${randomBytes(6).toString("hex")}.tmp`;
  const rename = (entry: string) => {
    const temporary = join(dirname(entry), name);
    try {
      writeNew(temporary, bytes, mode);
      renameSync(temporary, entry);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw Object.assign(error as Error, { path: shownPath(folder, path) });
    }
  };
  reach(folder, path, rename, { make: true });
  return true;
}

function writeNew(path: string, bytes: Uint8Array, mode: number): void {
  const fd = openSync(path, "wx", mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function hasContent(folder: string, path: string, bytes: Buffer): boolean {
  if (entryKind(folder, path) !== "file") return false;
  try {
    return readInside(folder, path, { limit: bytes.length })?.equals(bytes) === true;
  } catch {
    return false;
  }
}

/**
 * Opens a file within a folder for writing at its end, creating it and its folders as needed; with
 * `empty` what it held is gone. The caller closes the descriptor.
 * @throws MirageError what `reach` and `openFile` throw
 */
export function openInside(folder: string, path: string, { empty = false } = {}): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
  const open = (entry: string) => openFile(entry, { folder, path }, flags);
  const fd = reach(folder, path, open, { make: true });
  if (fd === undefined) throw new Error(`${path} was not created`);
  // Only now, when it is known to be a regular file.
  if (empty) ftruncateSync(fd, 0);
  return fd;
}
