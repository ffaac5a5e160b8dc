import { quote } from "@mirage/diagnostics";
import type { Problems } from "./problems.js";
import type { Entry } from "./raw-conf.js";

/** The number of a TCP port. */
export function readPort({ value }: Entry, problems: Problems): number | undefined {
  const port = /^[0-9]{1,5}$/.test(value.text) ? Number(value.text) : 0;
  if (port >= 1 && port <= 65535) return port;
  return problems.error(value, () => ({
    code: "ERR_MIRAGE_CONF_PORT",
    message: `${quote(value.text)} is not a TCP port`,
    hint: "write a number from 1 to 65535, such as 80",
  }));
}
