import { quote } from "@mirage/diagnostics";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `compat: 2013`. */
export function readCompat(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<"2013"> | undefined {
  const entry = raw.plain.get("compat");
  if (!entry) return undefined;
  if (entry.value.text === "2013") return { value: "2013", span: spanOf(entry.value) };
  return problems.error(entry.value, () => ({
    code: "ERR_MIRAGE_CONF_COMPAT",
    message: `there are no modules for programs of ${quote(entry.value.text)}`,
    hint: "write `compat: 2013` for one that finds its devices in `OS`; those of 2014 need none",
  }));
}
