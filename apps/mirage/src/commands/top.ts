import { setTimeout as delay } from "node:timers/promises";
import { askInstance, findInstance, type Instance, listInstances } from "@mirage/instances";
import { interruptible } from "@mirage/plan";
import { patienceMs } from "../operate/ask.js";
import { type Rates, ratesOf, readStats, type Stats } from "../operate/stats.js";
import { octets } from "../terminal/octets.js";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";

interface TopOptions {
  /** Seconds between two looks. */
  readonly interval?: number;
  /** How many tables are shown; until Ctrl-C without. */
  readonly count?: number;
}

const titles = [
  ...["NAME", "CPU", "HEAP", "FOR PEERS", "CONNECTIONS"],
  ...["REQUESTS", "REQUESTS/S", "RECEIVED/S", "SENT/S"],
];

/** `mirage top`: what programs do, again and again, in place on a terminal. */
export async function top(name: string | undefined, options: TopOptions): Promise<void> {
  const { interval = 1, count = Number.POSITIVE_INFINITY } = options;
  if (name !== undefined) findInstance(name, await listInstances());
  await interruptible((signal) => show(name, interval * 1000, count, signal));
}

async function show(
  name: string | undefined,
  intervalMs: number,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  let before = await look(name);
  let shown = 0;
  for (let number = 0; number < count && !signal.aborted; number++) {
    await delay(intervalMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const now = await look(name);
    if (now.size === 0) {
      say(name === undefined ? "no unikernel runs" : `${name} does not answer`);
      if (name !== undefined) return;
    }
    const text = table([titles, ...rows(before, now)]);
    if (process.stdout.isTTY) process.stdout.write(shown === 0 ? "" : `\x1b[${shown}A\x1b[0J`);
    print(text);
    shown = text.split("\n").length;
    before = now;
  }
}

/** What each program that answers says, by its name. */
async function look(name: string | undefined): Promise<Map<string, Stats>> {
  const running = (await listInstances()).filter(({ status }) => status === "running");
  const wanted = name === undefined ? running : [findInstance(name, running)];
  const found = await Promise.all(wanted.map(statsOf));
  return new Map(found.filter((entry) => entry !== undefined));
}

async function statsOf(instance: Instance): Promise<readonly [string, Stats] | undefined> {
  try {
    const answer = await askInstance(instance, "stats", { timeoutMs: patienceMs });
    return [instance.name, readStats(answer)];
  } catch {
    return undefined; // it has ended, or answers nobody
  }
}

function rows(before: ReadonlyMap<string, Stats>, now: ReadonlyMap<string, Stats>): string[][] {
  return [...now].map(([name, stats]) => {
    const earlier = before.get(name);
    return row(name, stats, earlier && ratesOf(earlier, stats));
  });
}

function row(name: string, stats: Stats, rates: Rates | undefined): string[] {
  const { memory, connections, requests } = stats;
  return [
    name,
    rates?.cpu === undefined ? "" : `${rates.cpu.toFixed(1)} %`,
    octets(memory.heap),
    octets(memory.buffers),
    `${connections}`,
    `${requests}`,
    rates === undefined ? "" : rates.requests.toFixed(rates.requests < 10 ? 1 : 0),
    rates === undefined ? "" : octets(rates.received),
    rates === undefined ? "" : octets(rates.sent),
  ];
}
