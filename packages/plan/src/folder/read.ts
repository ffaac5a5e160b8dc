import { closeSync, constants, fstatSync, readSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { openFile } from "./open-file.js";
import { reach, shownPath } from "./reach.js";

/** Bytes; what mirage reads as a whole is never as large. */
export const defaultLimit = 64 * 1024 * 1024;

export interface ReadOptions {
  /** Refuse more bytes than these: 64 MiB when absent. */
  readonly limit?: number;
}

/**
 * The bytes of a regular file within a folder; undefined if there is none. What is no file, lies
 * behind a link or is larger than the limit is refused at once.
 * @throws MirageError `ERR_MIRAGE_FOLDER_TOO_LARGE`, and what `reach` and `openFile` throw
 */
export function readInside(
  folder: string,
  path: string,
  { limit = defaultLimit }: ReadOptions = {},
): Buffer | undefined {
  return reach(folder, path, (entry) => {
    const fd = openFile(entry, { folder, path }, constants.O_RDONLY);
    if (fd === undefined) return undefined;
    try {
      return readOpen(fd, shownPath(folder, path), limit);
    } finally {
      closeSync(fd);
    }
  });
}

/** One byte more than the file has is asked for, so that one that grows is noticed. */
function readOpen(fd: number, shown: string, limit: number): Buffer {
  const { size } = fstatSync(fd);
  if (size > limit) throw tooLarge(shown, limit);
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(fd, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
  }
  throw new MirageError("ERR_MIRAGE_FOLDER_CHANGING", `${shown} changes while it is read`, {
    hint: "run the command again when nothing writes to it",
  });
}

function tooLarge(shown: string, limit: number): MirageError {
  const text = limit >= 1024 ** 2 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`;
  return new MirageError("ERR_MIRAGE_FOLDER_TOO_LARGE", `${shown} is larger than ${text}`, {
    hint: "mirage never writes such a file: look at what it is, and remove it",
  });
}
