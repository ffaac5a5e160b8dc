import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { MirageError } from "@mirage/diagnostics";
import { findProgram } from "./program.js";

/** The one lease and the network it belongs to. */
export interface Lease {
  readonly tap: string;
  readonly mac: string;
  readonly address: string;
  readonly netmask: string;
}

/**
 * Starts dnsmasq as the DHCP server of a TAP device, in the foreground and without files of its
 * own, and waits until it serves. See dnsmasq(8).
 */
export async function startDhcpServer({
  tap,
  mac,
  address,
  netmask,
}: Lease): Promise<ChildProcess> {
  const program = findProgram(
    "dnsmasq",
    "the configuration asks for DHCP: `apt-get install dnsmasq-base`, or write a static ip-address",
  );
  const server = spawn(
    program,
    [
      "--no-daemon",
      "--conf-file=/dev/null",
      "--port=0",
      `--interface=${tap}`,
      "--bind-interfaces",
      "--except-interface=lo",
      `--dhcp-range=${address},${address},${netmask},1h`,
      `--dhcp-host=${mac},${address}`,
      "--dhcp-authoritative",
      "--leasefile-ro",
      "--no-ping",
      "--pid-file=",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on("line", (line) => {
      log.push(line);
      if (line.includes("sockets bound")) resolve();
    });
    server.on("error", reject);
    server.on("close", () => {
      reject(
        new MirageError("ERR_MIRAGE_RUN_DHCP", `dnsmasq doesn't serve DHCP:\n${log.join("\n")}`, {
          hint: "write a static ip-address into the configuration",
        }),
      );
    });
  });
  return server;
}
