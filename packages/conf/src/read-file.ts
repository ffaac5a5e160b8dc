import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { noFile } from "./find-conf.js";

const largestFile = 64 * 1024 * 1024;

/**
 * The bytes of a .conf file: a regular file of a bounded size whose name is text. It may be reached
 * through links in the path to its folder, which the user named; a link in the folder may only lead to
 * another file of that folder.
 * @throws MirageError `ERR_MIRAGE_CONF_FILE_NAME`, `ERR_MIRAGE_CONF_LINK`, `ERR_MIRAGE_CONF_NO_FILE`,
 * `ERR_MIRAGE_CONF_BINARY`, `ERR_MIRAGE_SYSTEM_*`
 */
export async function readConfFile(path: string): Promise<Buffer> {
  checkFileName(path);
  try {
    return await readRegular(await placeOf(path), path);
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** The name stands in comments and rules of the files that are generated. */
function checkFileName(path: string): void {
  const name = basename(path);
  if (!/[\p{Cc}\ufffd]/u.test(name)) return;
  throw new MirageError(
    "ERR_MIRAGE_CONF_FILE_NAME",
    `${JSON.stringify(name)} cannot be the name of a .conf file: it contains a control character, or is not UTF-8`,
    { hint: "rename the file" },
  );
}

/** Where the file lies after all links; within its folder if it is one itself. */
async function placeOf(path: string): Promise<string> {
  if (!(await lstat(path)).isSymbolicLink()) return path;
  const [place, folder] = await Promise.all([realpath(path), realpath(dirname(path))]);
  const below = relative(folder, place);
  if (below !== "" && below !== ".." && !below.startsWith("../")) return place;
  throw new MirageError("ERR_MIRAGE_CONF_LINK", `${path} is a symbolic link out of its folder`, {
    hint: `name the file itself: ${place}, or put a copy in its place`,
  });
}

async function readRegular(place: string, path: string): Promise<Buffer> {
  const found = await lstat(place);
  if (!found.isFile()) throw noFile(path, found.isDirectory());
  // What was exchanged for a pipe or a link since then neither blocks nor is followed.
  const file = await open(place, constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > largestFile) throw tooLarge(path);
    const buffer = Buffer.alloc(size + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

function tooLarge(path: string): MirageError {
  return new MirageError("ERR_MIRAGE_CONF_BINARY", `${path} is too large for a .conf file`, {
    hint: "name a .conf file",
  });
}
