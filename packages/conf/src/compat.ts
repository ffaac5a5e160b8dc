import { quote } from "@mirage/diagnostics";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { Sheet } from "./sheet.js";
import type { SpanOf } from "./span-of.js";

/** `compat: 2013`. */
export function readCompat(
  sheet: Sheet,
  problems: Problems,
  spanOf: SpanOf,
): Written<"2013"> | undefined {
  const entry = sheet.plain.get("compat");
  if (!entry) return undefined;
  if (entry.value.text === "2013") return { value: "2013", span: spanOf(entry.value) };
  return problems.error(entry.value, () => ({
    code: "ERR_MIRAGE_CONF_COMPAT",
    message: `there are no modules for programs of ${quote(entry.value.text)}`,
    hint: "write `compat: 2013` for one that finds its devices in `OS`; those of 2014 need none",
  }));
}
