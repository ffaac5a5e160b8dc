import type { RunEvent } from "./events.js";

/**
 * What a unikernel reports on the pipe `MIRAGE_STATUS_FD`: `address IP`, `listen tcp PORT`,
 * `listen udp PORT`, `ready`, and `sandbox` with what is missing of it. Lines of a later runtime that are unknown here are passed over.
 */
export function parseStatus(line: string): RunEvent | undefined {
  const [word, ...rest] = line.trim().split(/\s+/);
  const [first, second] = rest;
  if (word === "ready") return { type: "ready" };
  if (word === "address" && first !== undefined) return { type: "network-up", address: first };
  if (word === "sandbox") {
    return { type: "sandbox", ...(rest.length > 0 ? { missing: rest.join(" ") } : {}) };
  }
  const port = Number(second);
  if (word === "listen" && (first === "tcp" || first === "udp") && Number.isInteger(port)) {
    return { type: "serving", protocol: first, port };
  }
  return undefined;
}
