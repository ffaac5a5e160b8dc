import { parse } from "node:path";
import { quote } from "@mirage/diagnostics";
import type { Setting } from "./configuration.js";
import { type Problems, startOfFile } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `name`, or the base name of the file. It becomes a part of file names: `mir-NAME`. */
export function readName(
  raw: RawConf,
  file: string,
  problems: Problems,
  spanOf: SpanOf,
): Setting<string> | undefined {
  const entry = raw.plain.get("name");
  const name = entry?.value.text ?? parse(file).name;
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) {
    return { value: name, ...(entry ? { span: spanOf(entry.value) } : {}) };
  }
  return problems.error(entry?.value ?? startOfFile, () => ({
    code: "ERR_MIRAGE_CONF_NAME",
    message: entry
      ? `${quote(name)} cannot be the name of a program`
      : `the file's name gives the program the name ${quote(name)}, which is not possible`,
    hint: "add a `name` of up to 100 letters, digits, `.`, `_` and `-`, such as `name: www`",
  }));
}
