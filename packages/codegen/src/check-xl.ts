import type { Configuration } from "@mirage/conf";
import type { Diagnostic } from "@mirage/diagnostics";
import { checkXlConfig, toXlValue, untrusted } from "@mirage/xl/config";

/**
 * What xl would make of the `xl-*` lines: warnings for keys that it does not know, which are kept all
 * the same, and errors for values that it does not take. Each at its place in the .conf file.
 */
export function checkXlLines({ name, xl }: Configuration): Diagnostic[] {
  const own = { key: "name", value: toXlValue(name.value) };
  return checkXlConfig({
    entries: [...(xl.some(({ key }) => key === own.key) ? [] : [own]), ...entriesOf(xl)],
  });
}

/**
 * The `xl-*` lines by which xl, which is root, would run programs or use files of the host's: an error
 * each, at its place in the .conf file.
 */
export function untrustedXlLines({ xl }: Pick<Configuration, "xl">): Diagnostic[] {
  return untrusted({ entries: entriesOf(xl) });
}

function entriesOf(xl: Configuration["xl"]) {
  return xl.map(({ key, value, span }) => ({ key, value, keySpan: span }));
}
