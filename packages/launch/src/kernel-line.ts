import { MirageError } from "@mirage/diagnostics";
import type { Told } from "./told.js";

/** Octets: a kernel reads 4095, and QEMU adds a word for each device. */
const longest = 3072;

/**
 * What a kernel is told, as a command line: words `NAME=VALUE` for its environment, others for its
 * arguments. A word with blanks stands between double quotes; an argument with `=` does, too, as it
 * would be a variable.
 * @throws MirageError `ERR_MIRAGE_RUN_COMMAND_LINE` for more than a kernel reads
 */
export function kernelLine({ args = [], environment = {} }: Told): string {
  const line = [
    ...Object.entries(environment).map(([name, value]) => `${name}=${word(value)}`),
    ...(args.length > 0 ? ["--"] : []),
    ...args.map((arg) => (/^[\w.]+=/.test(arg) ? quoted(arg) : word(arg))),
  ].join(" ");
  const octets = Buffer.byteLength(line);
  if (octets <= longest) return line;
  throw new MirageError(
    "ERR_MIRAGE_RUN_COMMAND_LINE",
    `arguments and variables come to ${octets} octets, and a kernel's command line has room for ${longest}`,
    { hint: "put long values into a file of a disk, `block-NAME`", exitCode: 2 },
  );
}

function word(text: string): string {
  return /^[^\s"\\]+$/.test(text) || text === "" ? text || '""' : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
