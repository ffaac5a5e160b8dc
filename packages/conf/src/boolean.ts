import { quote } from "@mirage/diagnostics";
import type { PlainKey } from "./keys.js";
import type { Problems } from "./problems.js";
import type { Entry } from "./raw-conf.js";

/** The value of a key that is true or false; false after an error. */
export function readBoolean(
  key: PlainKey,
  hint: string,
  { value }: Entry,
  problems: Problems,
): boolean {
  if (value.text !== "true" && value.text !== "false") {
    problems.error(value, () => ({
      code: "ERR_MIRAGE_CONF_BOOLEAN",
      message: `\`${key}\` is true or false, not ${quote(value.text)}`,
      hint,
    }));
  }
  return value.text === "true";
}
