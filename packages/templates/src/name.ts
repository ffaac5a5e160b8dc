import { basename, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";

const possible = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/**
 * What an application may be called: as the key `name` of a .conf file.
 * @throws MirageError `ERR_MIRAGE_INIT_NAME`
 */
export function checkName(name: string): void {
  if (possible.test(name)) return;
  const better = suggestion(name);
  const form = "up to 100 letters, digits, `.`, `_` and `-`";
  throw new MirageError("ERR_MIRAGE_INIT_NAME", `an application cannot be called \`${name}\``, {
    hint: better === undefined ? `write ${form}` : `write ${form}, such as ${better}`,
    exitCode: 2,
  });
}

/** A name for an application in a folder: the folder's, as far as it can be one. */
export function suggestName(directory: string, otherwise: string): string {
  return suggestion(basename(resolve(directory))) ?? otherwise;
}

function suggestion(text: string): string | undefined {
  const name = text
    .normalize("NFKD")
    .replace(/\p{Mark}+/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+|-+$/g, "")
    .slice(0, 100);
  return possible.test(name) ? name : undefined;
}
