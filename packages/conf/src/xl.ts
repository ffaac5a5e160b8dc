import { quote } from "@mirage/diagnostics";
import { parseXlValue } from "@mirage/xl/config";
import { commentHint } from "./comment-hint.js";
import type { XlEntry } from "./configuration.js";
import type { Problems } from "./problems.js";
import { type NamedEntry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `xl-KEY: VALUE`, with values as in xl.cfg(5). */
export function readXl(raw: RawConf, problems: Problems, spanOf: SpanOf): XlEntry[] {
  return raw.named.xl
    .map((entry) => readXlEntry(entry, problems, spanOf))
    .filter((entry) => entry !== undefined);
}

function readXlEntry(entry: NamedEntry, problems: Problems, spanOf: SpanOf): XlEntry | undefined {
  const { name: key, value: text } = entry;
  const better = key
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+/, "");
  const isBetterAKey = /^[a-z]/.test(better);
  if (key !== better || !isBetterAKey) {
    problems.error(entry.key, () => ({
      code: "ERR_MIRAGE_CONF_XL_KEY",
      message: `${quote(key)} is not a key of an xl file`,
      hint: isBetterAKey
        ? `did you mean \`xl-${better}\`?`
        : "xl keys are words such as `memory`; see xl.cfg(5)",
    }));
  }
  const parsed = parseXlValue(isBetterAKey ? better : "key", text.text);
  if ("problems" in parsed) {
    for (const { start, end, message, hint } of parsed.problems) {
      const range = { start: text.start + start, end: text.start + end };
      const isComment = text.text.startsWith("#", start);
      problems.error(range, () => ({
        code: "ERR_MIRAGE_CONF_XL_VALUE",
        message,
        hint: isComment ? commentHint : hint,
      }));
    }
    return undefined;
  }
  if (key === "type" && parsed.value.kind === "string" && parsed.value.value === "pv") {
    problems.error(text, () => ({
      code: "ERR_MIRAGE_CONF_XL_VALUE",
      message: "a domain of type `pv` cannot boot the kernel, which is a PVH guest",
      hint: 'remove the line, or write `"pvh"`',
    }));
  }
  return { key, text: text.text, value: parsed.value, span: spanOf(whole(entry)) };
}
