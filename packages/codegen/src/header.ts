import { basename } from "node:path";
import type { Program } from "./program.js";
import { commentText } from "./quote.js";

/** The first line of a generated file, without the marks of a comment. */
export function header({ configuration, target }: Program): string {
  const file = commentText(basename(configuration.file));
  return `Written by mirage configure from ${file} for the target ${target.name}.`;
}
