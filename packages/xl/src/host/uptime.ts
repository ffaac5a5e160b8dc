import type { XenHost } from "./host.js";
import { type CallOptions, runXl } from "./run.js";

/** How long a domain has been running. */
export interface DomainUptime {
  readonly id: number;
  readonly name: string;
  readonly seconds: number;
}

/** How long the domains of a host have been running (`xl uptime`). Errors: `ERR_MIRAGE_XL_*`. */
export async function domainUptimes(
  host: XenHost,
  options: CallOptions = {},
): Promise<DomainUptime[]> {
  return parseUptimes(await runXl(host, "ask how long the domains run", ["uptime"], options));
}

/** Reads the table that `xl uptime` prints. */
export function parseUptimes(text: string): DomainUptime[] {
  const row = /^(.*?) +(\d+) +(?:(\d+) days?, +)?(\d+):(\d\d):(\d\d)$/gm;
  return [...text.matchAll(row)].map(([, name = "", id, days, hours, minutes, seconds]) => ({
    id: Number(id),
    name,
    seconds:
      Number(seconds) + 60 * (Number(minutes) + 60 * (Number(hours) + 24 * Number(days ?? 0))),
  }));
}
