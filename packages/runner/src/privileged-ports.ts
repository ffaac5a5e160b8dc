import { readFileSync } from "node:fs";
import type { RunEvent } from "./events.js";

/** Bit of CAP_NET_BIND_SERVICE: capabilities(7). */
const bindService = 1n << 10n;

/** Warns of ports that the kernel reserves for processes with CAP_NET_BIND_SERVICE: ip(7). */
export function warnOfPrivilegedPorts(
  ports: readonly number[],
  emit: (event: RunEvent) => void,
): void {
  const first = Number(read("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? "1024");
  const reserved = ports.filter((port) => port < first);
  if (reserved.length === 0 || mayBind()) return;
  emit({
    type: "warning",
    message: `port ${reserved.join(", ")} is below ${first}, which this user may not listen on`,
    hint: `choose a port from ${first} up, run it with sudo, or configure with --unix and publish it: \`mirage run --publish 8080:${reserved[0]}\``,
  });
}

function mayBind(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(read("/proc/self/status") ?? "")?.[1] ?? "0";
  return (BigInt(`0x${effective}`) & bindService) !== 0n;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
