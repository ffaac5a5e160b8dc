import { ask } from "../operate/ask.js";
import { readStats } from "../operate/stats.js";
import { duration } from "../terminal/duration.js";
import { octets } from "../terminal/octets.js";
import { table } from "../terminal/table.js";
import { print } from "../terminal/terminal.js";

/** `mirage stats`: what a program says of itself. */
export async function stats(name: string, { json }: { readonly json?: true }): Promise<void> {
  const answer = await ask(name, "stats");
  if (json) {
    print(JSON.stringify(answer, undefined, 2));
    return;
  }
  const { uptime, cpu, memory, connections, requests, network } = readStats(answer);
  print(
    table([
      ["up", duration(uptime)],
      ["cpu", cpu === undefined ? "unknown" : `${cpu.toFixed(2)} s`],
      ["heap", octets(memory.heap)],
      ["for peers", `${octets(memory.buffers)} of ${octets(memory.budget)}`],
      ["connections", `${connections}`],
      ["requests", `${requests}`],
      ["received", octets(network.received)],
      ["sent", octets(network.sent)],
    ]),
  );
}

/** `mirage netstat`: what its network stacks have counted, a line for each counter that is not 0. */
export async function netstat(
  name: string,
  { json, all }: { readonly json?: true; readonly all?: true },
): Promise<void> {
  const answer = await ask(name, "netstat");
  if (json) {
    print(JSON.stringify(answer, undefined, 2));
    return;
  }
  const shown = Object.entries(answer).filter(([, value]) => all || value !== 0);
  if (shown.length > 0) print(table(shown.map(([counter, value]) => [counter, `${value}`])));
}

/** `mirage log-level`: changes what of its log is printed, and prints what is. */
export async function logLevel(name: string, levels: string | undefined): Promise<void> {
  const { level, sources } = await ask(
    name,
    levels === undefined ? "log-level" : `log-level ${levels}`,
  );
  const others = Object.entries(sources ?? {}).map(([source, own]) => `${source}:${own}`);
  print([level, ...others].join(","));
}
