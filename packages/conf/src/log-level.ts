import { didYouMean, quote } from "@mirage/diagnostics";
import { type LogLevel, logLevels, type Setting } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** `log-level`; `info` without it. */
export function readLogLevel(raw: RawConf, problems: Problems, spanOf: SpanOf): Setting<LogLevel> {
  const entry = raw.plain.get("log-level");
  if (!entry) return { value: "info" };
  const { value } = entry;
  const level = logLevels.find((known) => known === value.text);
  if (level !== undefined) return { value: level, span: spanOf(value) };
  problems.error(value, () => {
    const nearest = didYouMean(value.text, logLevels);
    return {
      code: "ERR_MIRAGE_CONF_LOG_LEVEL",
      message: `${quote(value.text)} is not a level of the log`,
      hint: nearest ? `did you mean \`${nearest}\`?` : `write one of ${logLevels.join(", ")}`,
    };
  });
  return { value: "info" };
}
