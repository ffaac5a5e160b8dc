import { MirageError } from "@mirage/diagnostics";
import type { Program } from "./program.js";

/**
 * @throws MirageError if the application's module has the name of one that `own`, the part of the
 * program that mirage writes itself, refers to or defines: one would hide the other
 */
export function checkModuleName(
  { configuration: { main } }: Program,
  own: readonly string[],
): void {
  const [module = ""] = main.modulePath;
  const text = own.join("\n").replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  if (!new RegExp(`(?<![\\w.\`])${module}(?!\\w)`).test(text)) return;
  const file = `${module.charAt(0).toLowerCase()}${module.slice(1)}.ml`;
  throw new MirageError(
    "ERR_MIRAGE_MODULE_NAME",
    `the application's module \`${module}\` has the name of a module that mirage links with it`,
    { hint: `rename ${file}, and name the new module here`, span: main.span },
  );
}
