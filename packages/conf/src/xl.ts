import { commentHint } from "./comment-hint.js";
import type { XlEntry } from "./configuration.js";
import type { Problems } from "./problems.js";
import { quote } from "./quote.js";
import { type NamedEntry, type Sheet, whole } from "./sheet.js";
import type { SpanOf } from "./span-of.js";
import { parseXlValue } from "./syntax.js";

const deepestList = 16;

/** `xl-KEY: VALUE`, with values as in xl.cfg(5). */
export function readXl(sheet: Sheet, problems: Problems, spanOf: SpanOf): XlEntry[] {
  return sheet.named.xl
    .map((entry) => readXlEntry(entry, problems, spanOf))
    .filter((entry) => entry !== undefined);
}

function readXlEntry(entry: NamedEntry, problems: Problems, spanOf: SpanOf): XlEntry | undefined {
  const { name: key, value: text } = entry;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
    const better = key.replace(/[^A-Za-z0-9_]+/g, "_");
    problems.error(entry.key, () => ({
      code: "ERR_MIRAGE_CONF_XL_KEY",
      message: `${quote(key)} is not a key of an xl file`,
      hint: /^[A-Za-z_]/.test(better)
        ? `did you mean \`xl-${better}\`?`
        : "xl keys are words such as `memory`; see xl.cfg(5)",
    }));
  }
  const value =
    depthOf(text.text) > deepestList ? { misfit: true as const, ...text } : parseXlValue(text);
  if ("misfit" in value) {
    return problems.error({ start: value.start, end: value.end }, () => ({
      code: "ERR_MIRAGE_CONF_XL_VALUE",
      message: `${quote(text.text)} is not a value of an xl file`,
      hint: xlHint(text.text),
    }));
  }
  if (!isSafe(value)) {
    return problems.error(text, () => ({
      code: "ERR_MIRAGE_CONF_XL_VALUE",
      message: `${quote(text.text)} contains a number that is too large`,
      hint: "numbers go up to 9007199254740991",
    }));
  }
  return { key, text: text.text, value, span: spanOf(whole(entry)) };
}

function isSafe(value: XlEntry["value"]): boolean {
  if (value.kind === "list") return value.items.every(isSafe);
  return value.kind === "string" || Number.isSafeInteger(value.value);
}

/** How deep brackets are nested; those in strings count too, which only makes it larger. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]]/g)) {
    depth += bracket === "[" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function xlHint(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_./:-]*$/.test(text)) return `put quotes around it: \`"${text}"\``;
  if (text.startsWith("[")) return "a list is written as `[ 'first', 'second' ]`";
  if (/#/.test(text)) return commentHint;
  return "write a number, a quoted string, or a list such as `[ 'mac=00:16:3E:74:34:32' ]`";
}
