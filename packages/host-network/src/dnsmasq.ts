import { readFile } from "node:fs/promises";
import { netmaskOf, parseCidr } from "./cidr.js";
import type { NetworkRequest } from "./request.js";
import { filesOf } from "./state.js";

const program = "dnsmasq";
const leaseTime = "12h";

/** dnsmasq as a DHCP server and nothing else, which goes into the background once it serves. */
export function dnsmasqCommand(
  folder: string,
  { bridge, address }: NetworkRequest,
  { from, to }: NonNullable<NetworkRequest["dhcp"]>,
): readonly string[] {
  const files = filesOf(folder, bridge);
  const netmask = netmaskOf(parseCidr(address));
  return [
    program,
    "--conf-file=/dev/null",
    "--port=0",
    `--interface=${bridge}`,
    "--bind-interfaces",
    "--except-interface=lo",
    `--dhcp-range=${from},${to},${netmask},${leaseTime}`,
    "--dhcp-authoritative",
    "--no-ping",
    `--dhcp-leasefile=${files.leases}`,
    `--log-facility=${files.log}`,
    `--pid-file=${files.pid}`,
  ];
}

/** The number of the dnsmasq that serves a bridge; nothing if none does. */
export async function dnsmasqPid(folder: string, bridge: string): Promise<number | undefined> {
  const { pid: pidFile } = filesOf(folder, bridge);
  const pid = Number((await readFile(pidFile, "utf8").catch(() => "")).trim());
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  // The number may be another process's by now; only ours has this argument.
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.split("\0").includes(`--pid-file=${pidFile}`) ? pid : undefined;
}

const stepMs = 50;
const patienceMs = 5_000;

/** Ends the dnsmasq that serves a bridge, by its number, and waits until it is gone. */
export async function stopDnsmasq(folder: string, bridge: string): Promise<void> {
  for (let waited = 0; ; waited += stepMs) {
    const pid = await dnsmasqPid(folder, bridge);
    if (pid === undefined) return;
    if (waited === 0) end(pid, "SIGTERM");
    if (waited === patienceMs) end(pid, "SIGKILL");
    if (waited > 2 * patienceMs) return;
    await new Promise((wake) => setTimeout(wake, stepMs));
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A guest that has got an address. */
export interface Lease {
  readonly mac: string;
  readonly address: string;
  readonly name?: string;
}

/** Reads dnsmasq's file of leases: `EXPIRY MAC ADDRESS NAME CLIENT-ID` a line. */
export async function readLeases(folder: string, bridge: string): Promise<Lease[]> {
  const text = await readFile(filesOf(folder, bridge).leases, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [, mac, address, name] = line.split(" ");
    if (mac === undefined || address === undefined) return [];
    return [{ mac, address, ...(name === undefined || name === "*" ? {} : { name }) }];
  });
}
