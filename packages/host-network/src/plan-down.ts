import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import type { Action, Plan } from "@mirage/plan";
import { ip, run } from "./actions.js";
import { dnsmasqPid, stopDnsmasq } from "./dnsmasq.js";
import { dismiss, guardedBridges, lowerGuard } from "./guard.js";
import { type Link, portsOf, readLinks } from "./links.js";
import { hasTable, readChains, tableOf } from "./nft.js";
import { filesOf, type NetworkState, notedBridges, printState, readState } from "./state.js";
import { restoreSettings } from "./sysctl.js";

export interface DownOptions {
  /** Also when interfaces of others, such as those of running guests, are connected. */
  readonly force?: boolean;
}

/**
 * What undoes a network, and nothing else; empty when there is none. Changes nothing.
 * @throws MirageError `ERR_MIRAGE_NETWORK_IN_USE`, `ERR_MIRAGE_NETWORK_STATE`
 */
export async function planDown(
  bridge: string,
  folder: string,
  { force = false }: DownOptions = {},
): Promise<Plan> {
  const state = await readState(folder, bridge);
  if (!state) return existsSync(folder) ? [removeFolders(folder)] : [];
  const links = await readLinks();
  if (!force) checkNobodyUses(links, state);
  return [
    ...(await dhcpActions(folder, bridge)),
    ...(await forwardingActions(folder, state)),
    ...(await masqueradeActions(state)),
    ...tapActions(links, state),
    ...bridgeActions(links, state),
    ...forget(folder, bridge),
  ];
}

/** Guests are the ports of our bridges, and processes that hold one of our TAP devices open. */
function checkNobodyUses(links: readonly Link[], { request, made }: NetworkState): void {
  const own = request.taps.map(({ name }) => name);
  const ports = made.bridge ? portsOf(links, request.bridge) : [];
  const others = ports.filter((name) => !own.includes(name));
  const open = links.filter(({ name, hasCarrier }) => made.taps.includes(name) && hasCarrier);
  const inUse = [...others, ...open.map(({ name }) => name)];
  if (inUse.length === 0) return;
  throw new MirageError(
    "ERR_MIRAGE_NETWORK_IN_USE",
    `${inUse.join(", ")} ${inUse.length === 1 ? "is" : "are"} still in use on ${request.bridge}`,
    { hint: "end the guests that they belong to, or use --force" },
  );
}

async function dhcpActions(folder: string, bridge: string): Promise<Action[]> {
  const pid = await dnsmasqPid(folder, bridge);
  if (pid === undefined) return [];
  return [
    {
      kind: "step",
      title: `end the DHCP server, process ${pid}`,
      perform: () => stopDnsmasq(folder, bridge),
    },
  ];
}

async function masqueradeActions({ request }: NetworkState): Promise<Action[]> {
  if (!request.masquerade) return [];
  const chains = await readChains();
  if (chains && !hasTable(chains, request.bridge)) return [];
  const words = ["delete", "table", "ip", tableOf(request.bridge)];
  return [run("nft", words, `remove the table ${tableOf(request.bridge)} from nftables`)];
}

/** Forwarding stays on while another network needs it; removing the last one restores everything. */
async function forwardingActions(folder: string, state: NetworkState): Promise<Action[]> {
  const { before, request } = state;
  const guarded = await guardedBridges();
  const leave = guarded?.includes(request.bridge) ? [dismiss(request.bridge)] : [];
  if (!before) return leave;
  const bridges = (await notedBridges(folder)).filter((name) => name !== request.bridge);
  const others = await Promise.all(bridges.map((name) => readState(folder, name)));
  const heir = others.find((other) => other?.request.masquerade);
  if (heir) {
    const { state: path } = filesOf(folder, heir.request.bridge);
    return [{ kind: "write", path, content: printState({ ...heir, before }) }, ...leave];
  }
  return [
    {
      kind: "step",
      title: "put net.ipv4.ip_forward back to 0, and what depends on it",
      perform: () => restoreSettings(before),
    },
    ...(guarded ? [lowerGuard()] : []),
  ];
}

function tapActions(links: readonly Link[], { request, made }: NetworkState): Action[] {
  return request.taps
    .filter(({ name }) => links.some((link) => link.name === name))
    .flatMap(({ name }) => [
      ...(made.taps.includes(name) ? [ip("link", "delete", name)] : []),
      ...(made.ports.includes(name) ? [ip("link", "set", name, "nomaster")] : []),
      ...(made.up.includes(name) ? [ip("link", "set", name, "down")] : []),
    ]);
}

function bridgeActions(links: readonly Link[], { request, made }: NetworkState): Action[] {
  const { bridge, address } = request;
  const present = links.find(({ name }) => name === bridge);
  if (!present) return [];
  if (made.bridge) return [ip("link", "delete", bridge, "type", "bridge")];
  const hasAddress = present.addresses.includes(address);
  return [
    ...(made.address && hasAddress ? [ip("address", "delete", address, "dev", bridge)] : []),
    ...(made.up.includes(bridge) && present.isUp ? [ip("link", "set", bridge, "down")] : []),
  ];
}

/** The record is removed last: until then, recovery after a crash needs it. */
function forget(folder: string, bridge: string): Action[] {
  const { pid, leases, log, state } = filesOf(folder, bridge);
  const removals = [pid, leases, log, state].map((path): Action => ({ kind: "remove", path }));
  return [...removals, removeFolders(folder)];
}

function removeFolders(folder: string): Action {
  return {
    kind: "step",
    title: `remove ${folder} if it is empty`,
    perform: () => removeEmpty([folder, dirname(folder), dirname(dirname(folder))]),
  };
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      return; // something else is in there
    }
  }
}
