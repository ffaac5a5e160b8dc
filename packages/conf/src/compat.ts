import { quote } from "@mirage/diagnostics";
import { type Compat, compats, type Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `compat: 2013`, or a release of 2014. */
export function readCompat(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<Compat> | undefined {
  const entry = raw.plain.get("compat");
  if (!entry) return undefined;
  const { text } = entry.value;
  const value = compats.find((known) => known === text);
  if (value !== undefined) return { value, span: spanOf(entry.value) };
  return problems.error(entry.value, () => ({
    code: "ERR_MIRAGE_CONF_COMPAT",
    message: `there are no modules for programs of ${quote(text)}`,
    hint: `write \`2013\` for one that finds its devices in \`OS\`, or the release whose V1 it was written for: ${compats.slice(1).join(", ")}`,
  }));
}
