import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { type Diagnostic, fromSystemError, MirageError } from "@mirage/diagnostics";
import { checkFiles, type Found, type Stat } from "./check-files.js";
import { checkLinks } from "./check-links.js";
import { withCommentHints } from "./comment-hint.js";
import type { Configuration } from "./configuration.js";
import { fileIdentity } from "./file-identity.js";
import { parseConf } from "./parse-conf.js";
import { readConfFile } from "./read-file.js";

export interface LoadedConf {
  readonly configuration: Configuration;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads, parses and checks a .conf file, with what it names on disk.
 * @throws MirageError whose `details` are all problems found
 */
export async function loadConf(path: string): Promise<LoadedConf> {
  const text = await readConf(path);
  const { configuration, named, diagnostics } = parseConf(text, path);
  const onDisk = [...(await checkFiles(named, statOnDisk)), ...(await checkLinks(named))];
  const found = [...diagnostics, ...withCommentHints(text, onDisk)].sort(byPosition);
  const errors = found.filter(({ severity }) => severity === "error").length;
  if (configuration && errors === 0) return { configuration, warnings: found };
  throw new MirageError(
    "ERR_MIRAGE_CONF",
    `${path} has ${errors === 1 ? "an error" : "errors"}, so nothing was done`,
    { details: found },
  );
}

/** In the order of the file; what has no position comes last. */
function byPosition(a: Diagnostic, b: Diagnostic): number {
  return offset(a) - offset(b);
}

function offset({ span }: Diagnostic): number {
  return span?.start.offset ?? Number.MAX_SAFE_INTEGER;
}

async function readConf(path: string): Promise<string> {
  return decode(await readConfFile(path), path);
}

/** UTF-8 with the byte order mark kept, so that offsets are those of the file's text. */
function decode(bytes: Buffer, path: string): string {
  const isUtf16 = bytes.length >= 2 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE(0));
  if (!isUtf16) return bytes.toString("utf8");
  throw new MirageError("ERR_MIRAGE_CONF_BINARY", `${path} is UTF-16 text`, {
    hint: "save it as UTF-8",
  });
}

function kindOf(info: Stats): Found["kind"] {
  if (info.isDirectory()) return "folder";
  if (info.isBlockDevice()) return "block device";
  return info.isFile() ? "file" : "other";
}

const statOnDisk: Stat = async (path) => {
  try {
    const info = await stat(path);
    return {
      kind: kindOf(info),
      identity: fileIdentity(info),
      size: info.size,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fromSystemError(error);
  }
};
