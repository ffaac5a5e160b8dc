import { networkInterfaces } from "node:os";
import { MirageError } from "@mirage/diagnostics";
import { type Device, listDevices, openTap, openTun } from "@mirage/tap";
import ipaddr from "ipaddr.js";
import type { RunEvent } from "./events.js";
import { type Addressing, defaultAddressing, type NetworkSpec } from "./options.js";

/**
 * Opens a device: on macOS, which has no others, one of IP packets. On Linux its frames have headers and may be
 * large segments with checksums left out, which saves both sides work.
 */
function openDevice(options: { readonly name?: string } = {}): Device {
  if (process.platform === "darwin") return openTun(options);
  return openTap({ ...options, vnetHeader: process.platform === "linux" });
}

/**
 * This machine's side of the unikernel's network as `10.0.0.1/24`: the gateway with the prefix. Of a
 * unikernel in a network of its own (/32), the gateway is the other end of a link.
 */
export function hostAddress(
  addressing: Addressing | undefined,
  platform: NodeJS.Platform = process.platform,
): string {
  const { address, gateway, netmask } =
    addressing?.kind === "static" ? addressing : defaultAddressing;
  const prefix = ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask() ?? 32;
  // A device of packets has two ends, whatever the network.
  return prefix === 32 || platform === "darwin"
    ? `${gateway} peer ${address}/32`
    : `${gateway}/${prefix}`;
}

/**
 * Opens the TAP device of a network and gives this machine's side the address `host`. What is set
 * already, as with a persistent device made by root, needs no privilege; a port of a bridge gets no
 * address.
 */
export function openNetwork(
  network: NetworkSpec,
  host: string | undefined,
  emit: (event: RunEvent) => void,
): Device {
  const tap = network.tap === undefined ? openAny() : openDevice({ name: network.tap });
  try {
    const wanted = tap.isPort ? undefined : host;
    if (wanted !== undefined && !tap.addresses.list().includes(wanted)) {
      warnOfOtherOwner(wanted, emit);
      tap.addresses.add(wanted);
    }
    if (!tap.isUp) tap.up();
    emit({
      type: "tap",
      device: network.device,
      tap: tap.name,
      mac: network.mac,
      ...(wanted === undefined ? {} : { host: wanted }),
    });
    if (network.addressing?.kind === "dhcp" && host === undefined && !tap.isPort) {
      emit({
        type: "warning",
        message: `the unikernel waits for a DHCP server on ${tap.name}`,
        hint: `connect it to a network that has one: \`sudo ip link set ${tap.name} master BRIDGE\`; or use --publish`,
      });
    }
    return tap;
  } catch (error) {
    tap.close();
    throw error;
  }
}

/** A new device; or, without the privilege, a persistent one that this user may open. */
function openAny(): Device {
  try {
    return openDevice();
  } catch (error) {
    if (!(error instanceof MirageError) || error.code !== "ERR_MIRAGE_TAP_PRIVILEGE") throw error;
    for (const { name, kind, persistent } of listDevices()) {
      const tap = kind === "tap" && persistent ? tryOpen(name) : undefined;
      if (tap) return tap;
    }
    throw error;
  }
}

function tryOpen(name: string): Device | undefined {
  try {
    return openDevice({ name });
  } catch {
    return undefined; // in use, or another user's
  }
}

/** With one address on two interfaces, the kernel sends to whichever had it first. */
function warnOfOtherOwner(address: string, emit: (event: RunEvent) => void): void {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (
      !addresses?.some((other) => address === other.cidr || address.startsWith(`${other.address} `))
    )
      continue;
    emit({
      type: "warning",
      message: `${name} has the address ${address} already, so the unikernel may not be reached`,
      hint: "end the other unikernel, give this one another network with ip-address and ip-gateway, or use --publish",
    });
  }
}
