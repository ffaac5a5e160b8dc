import { quote } from "@mirage/diagnostics";
import type { XlValue } from "./config.js";
import { parseXlConfig } from "./parse.js";

/** Why a text is not a value; the offsets are UTF-16 units of the text, the end is exclusive. */
export interface XlValueProblem {
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}

/** What stands behind the `=` of one assignment to a key: a number, a string or a list, and no more. */
export function parseXlValue(
  key: string,
  text: string,
): { readonly value: XlValue } | { readonly problems: readonly XlValueProblem[] } {
  const before = `${key} = `;
  const inText = (offset: number) => Math.min(Math.max(offset - before.length, 0), text.length);
  const { config, diagnostics } = parseXlConfig(`${before}${text}\n`, "");
  const value = config?.entries[0]?.value;
  if (value === undefined) {
    const problems = diagnostics.map(({ message, hint = "", span }) => ({
      message,
      hint,
      start: inText(span?.start.offset ?? 0),
      end: inText(span?.end.offset ?? 0),
    }));
    return { problems };
  }
  const end = inText(value.span?.end.offset ?? 0);
  const rest = text.slice(end).trim();
  if (rest === "") return { value: withoutSpans(value) };
  const start = text.indexOf(rest, end);
  const problem = {
    message: `${quote(rest)} does not belong behind the value of ${quote(key)}`,
    hint: "write one value, and nothing behind it",
    start,
    end: start + rest.length,
  };
  return { problems: [problem] };
}

function withoutSpans({ span: _, ...value }: XlValue): XlValue {
  return value.kind === "list" ? { ...value, items: value.items.map(withoutSpans) } : value;
}
