import { quote } from "@mirage/diagnostics";
import { parseArgument } from "./arguments.js";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

const least = 2 ** 20;

/** `memory-budget`: octets that all peers together can make the program hold, from 1 MiB on. */
export function readMemoryBudget(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<number> | undefined {
  const entry = raw.plain.get("memory-budget");
  if (!entry) return undefined;
  const { value } = entry;
  const octets = parseArgument("size", value.text);
  if (typeof octets === "number" && octets >= least) return { value: octets, span: spanOf(value) };
  problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_MEMORY_BUDGET",
    message: `${quote(value.text)} is not a size from 1MiB to 1023MiB`,
    hint: "write a number with its unit, such as `64MiB`",
  }));
  return undefined;
}
