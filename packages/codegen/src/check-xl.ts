import type { Configuration, XlEntry } from "@mirage/conf";
import type { Diagnostic } from "@mirage/diagnostics";
import {
  checkXlConfig,
  parseXlConfig,
  toXlValue,
  untrusted,
  type XlInput,
} from "@mirage/xl/config";

/**
 * What xl would make of the `xl-*` lines: warnings for keys that it does not know, which are kept all
 * the same, and errors for values that it does not take. Each at its place in the .conf file.
 */
export function checkXlLines({ name, xl }: Configuration): Diagnostic[] {
  const own = { key: "name", value: toXlValue(name.value) };
  const meant = checkXlConfig({
    entries: [...(xl.some(({ key }) => key === own.key) ? [] : [own]), ...entriesOf(xl)],
  });
  return [...xl.flatMap(refusedByGrammar), ...meant];
}

/** What xl's own grammar says of a line as it will stand in the xl file. */
function refusedByGrammar({ key, text, span }: XlEntry): Diagnostic[] {
  const { diagnostics } = parseXlConfig(`${key} = ${text}\n`, "");
  return diagnostics.map((problem) => ({ ...problem, span }));
}

/**
 * The `xl-*` lines by which xl, which is root, would run programs or use files of the host's: an error
 * each, at its place in the .conf file.
 */
export function untrustedXlLines({ xl }: Pick<Configuration, "xl">): Diagnostic[] {
  return untrusted({ entries: entriesOf(xl) });
}

function entriesOf(xl: Configuration["xl"]) {
  return xl.map(({ key, value, span }) => ({
    key,
    value: toXlValue(plain(value)),
    keySpan: span,
  }));
}

function plain(value: XlEntry["value"]): XlInput {
  return value.kind === "list" ? value.items.map(plain) : value.value;
}
