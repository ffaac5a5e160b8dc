import { quote } from "@mirage/diagnostics";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `metrics-port`: a whole number from 1 to 65535. */
export function readMetricsPort(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<number> | undefined {
  const entry = raw.plain.get("metrics-port");
  if (entry === undefined) return undefined;
  const { value } = entry;
  const number = /^[0-9]{1,9}$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (number >= 1 && number <= 65535) return { value: number, span: spanOf(value) };
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_NUMBER",
    message: `${quote(value.text)} is no value of \`metrics-port\``,
    hint: "write a whole number from 1 to 65535",
  }));
}
