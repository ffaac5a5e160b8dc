import { type ErrorCode, MirageError } from "@mirage/diagnostics";

/** A limit of what a network interface sends: `10Mb/s`, `1MB/s@20ms`. */
export interface VifRate {
  readonly bytesPerSecond: number;
  /** How often the credit is renewed, in microseconds; xl's default is 50,000. */
  readonly intervalMicroseconds?: number;
}

const code: ErrorCode = "ERR_MIRAGE_XL_VIF";
const largest = 2 ** 32 - 1;
const prefixes = { G: 1e9, M: 1e6, K: 1e3, "": 1 } as const;
const intervals = { s: 1e6, "": 1e6, m: 1e3, ms: 1e3, u: 1, us: 1 } as const;

/** Reads a rate as libxlu does. @throws MirageError `ERR_MIRAGE_XL_VIF` */
export function parseVifRate(text: string): VifRate {
  const [, rate, prefix, unit, interval, step] =
    /^([0-9]+)([GMK]?)([Bb])\/s(?:@([0-9]+)([mu]?s?))?$/.exec(text) ?? [];
  if (rate === undefined) throw invalid(text);
  const amount = count(text, rate) * prefixes[prefix as keyof typeof prefixes];
  const bytesPerSecond = unit === "b" ? Math.floor(amount / 8) : amount;
  if (interval === undefined) return { bytesPerSecond };
  const intervalMicroseconds = count(text, interval) * intervals[step as keyof typeof intervals];
  if (intervalMicroseconds > largest) throw invalid(text);
  return { bytesPerSecond, intervalMicroseconds };
}

/** The rate in its largest whole unit. @throws MirageError `ERR_MIRAGE_XL_VIF` */
export function formatVifRate({ bytesPerSecond, intervalMicroseconds }: VifRate): string {
  const [prefix = "", factor = 1] =
    Object.entries(prefixes).find(([, factor]) => bytesPerSecond % factor === 0) ?? [];
  const interval = intervalMicroseconds === undefined ? "" : `@${intervalMicroseconds}us`;
  const text = `${bytesPerSecond / factor}${prefix}B/s${interval}`;
  parseVifRate(text);
  return text;
}

function count(text: string, digits: string): number {
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  if (value < 1 || value > largest) throw invalid(text);
  return value;
}

function invalid(text: string): MirageError {
  return new MirageError(code, `\`${text}\` is not a rate`, {
    hint: "write bytes (B) or bits (b) a second, such as 10Mb/s, 250KB/s or 1MB/s@20ms",
  });
}
