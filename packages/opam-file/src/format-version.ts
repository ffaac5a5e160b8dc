import type { Item } from "./ast.js";
import type { Problem } from "./text.js";

/**
 * The rules on `opam-version`, which opam checks while parsing: from "2.1" on it must be the first
 * field and must not be repeated.
 */
export function formatVersionProblem(items: readonly Item[]): Problem | undefined {
  const [first, ...others] = items;
  const leading = first === undefined ? undefined : formatVersion(first);
  for (const item of others) {
    const version = formatVersion(item);
    if (version === undefined) continue;
    const { start, end } = item;
    if (leading !== undefined && leading >= 2001) {
      const message = "the field `opam-version` is repeated";
      return { code: "FORMAT_VERSION", message, hint: "remove one of them", start, end };
    }
    if (version > 2000) {
      const message = "`opam-version` must be the first field of the file";
      return { code: "FORMAT_VERSION", message, hint: "move it to the top", start, end };
    }
  }
  return undefined;
}

/** 2001 for `opam-version: "2.1"`, whatever follows the second number; undefined for other items. */
function formatVersion(item: Item): number | undefined {
  if (item.kind !== "field" || item.name !== "opam-version") return undefined;
  if (item.value.kind !== "string") return undefined;
  const numbers = /^(\d{1,3})(?:\.(\d{1,3}))?/.exec(item.value.value);
  return numbers === null ? 0 : Number(numbers[1]) * 1000 + Number(numbers[2] ?? 0);
}
