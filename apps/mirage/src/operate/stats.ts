import type { ControlAnswer } from "@mirage/instances";

/** What a program says of itself, as `Control` of runtime-operations answers `stats`. */
export interface Stats {
  /** Seconds. */
  readonly uptime: number;
  /** Seconds of the processor; unknown in a program that does not measure it. */
  readonly cpu: number | undefined;
  /** Octets. */
  readonly memory: { readonly heap: number; readonly buffers: number; readonly budget: number };
  /** TCP connections that are open. */
  readonly connections: number;
  /** What the web server has answered. */
  readonly requests: number;
  /** Octets. */
  readonly network: { readonly received: number; readonly sent: number };
}

/** Reads an answer; what it lacks is 0. */
export function readStats(answer: ControlAnswer): Stats {
  const memory = fields(answer.memory);
  const network = fields(answer.network);
  return {
    uptime: number(answer.uptime),
    cpu: typeof answer.cpu === "number" ? answer.cpu : undefined,
    memory: {
      heap: number(memory.heap),
      buffers: number(memory.buffers),
      budget: number(memory.budget),
    },
    connections: number(answer.connections),
    requests: number(answer.requests),
    network: { received: number(network.received), sent: number(network.sent) },
  };
}

/** What happened between two answers, a second. */
export interface Rates {
  /** Of one processor, in percent. */
  readonly cpu: number | undefined;
  readonly requests: number;
  /** Octets. */
  readonly received: number;
  readonly sent: number;
}

/** Nothing if it was started again between the two. */
export function ratesOf(before: Stats, after: Stats): Rates | undefined {
  const seconds = after.uptime - before.uptime;
  if (!(seconds > 0)) return undefined;
  const rate = (from: number, to: number) => Math.max(0, (to - from) / seconds);
  return {
    cpu:
      before.cpu === undefined || after.cpu === undefined
        ? undefined
        : 100 * rate(before.cpu, after.cpu),
    requests: rate(before.requests, after.requests),
    received: rate(before.network.received, after.network.received),
    sent: rate(before.network.sent, after.network.sent),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
