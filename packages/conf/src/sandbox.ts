import { quote } from "@mirage/diagnostics";
import type { Configuration } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `sandbox`: what a Unix process may do beyond its devices. */
export function readSandbox(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Configuration["sandbox"] {
  const entry = raw.plain.get("sandbox");
  if (!entry) return undefined;
  const { text } = entry.value;
  if (text === "strict" || text === "unix") return { value: text, span: spanOf(entry.value) };
  return problems.error(entry.value, () => ({
    code: "ERR_MIRAGE_CONF_SANDBOX",
    message: `there is no sandbox ${quote(text)}`,
    hint: "write `strict`, which is the default, or `unix` if a library needs files of the host; `mirage run --no-sandbox` does without any",
  }));
}
