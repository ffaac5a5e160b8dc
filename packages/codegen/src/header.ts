import { basename } from "node:path";
import type { Program } from "./program.js";
import { commentText } from "./quote.js";

/** The first line of a generated file, without the marks of a comment. */
export function header(program: Program): string {
  const { name, architecture } = program.target;
  const processors = architecture === undefined ? "" : ` on ${architecture}`;
  return `${source(program)} for the target ${name}${processors}.`;
}

/** The same for what the compiler makes a digest of: the targets of one kernel have the same. */
export function ocamlHeader(program: Program): string {
  return `${source(program)}.`;
}

function source({ configuration }: Program): string {
  return `Written by mirage configure from ${commentText(basename(configuration.file))}`;
}
