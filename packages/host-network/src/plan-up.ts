import { createHash } from "node:crypto";
import { MirageError } from "@mirage/diagnostics";
import type { Action, Plan } from "@mirage/plan";
import { ip, run } from "./actions.js";
import { parseCidr } from "./cidr.js";
import { dnsmasqCommand, dnsmasqPid } from "./dnsmasq.js";
import { admit, guardedBridges, raiseGuard } from "./guard.js";
import { checkAddressIsFree, type Link, outwardPorts, readLinks } from "./links.js";
import { hasTable, masquerading, readChains } from "./nft.js";
import type { NetworkRequest } from "./request.js";
import {
  bootId,
  filesOf,
  type NetworkState,
  notedBridges,
  printState,
  readState,
} from "./state.js";
import { forwardingSettings, isForwarding, startForwarding } from "./sysctl.js";

/**
 * What is left to do for a network; empty when it is up. Changes nothing.
 * @throws MirageError `ERR_MIRAGE_NETWORK_*` for what stands in its way
 */
export async function planUp(request: NetworkRequest, folder: string): Promise<Plan> {
  const [links, before] = await Promise.all([readLinks(), readState(folder, request.bridge)]);
  checkSameRequest(before, request);
  checkLinks(links, before, request);
  const state = await nextState(before, request, links);
  return [
    ...(before && printState(before) === printState(state) ? [] : [note(folder, state)]),
    ...bridgeActions(links, request),
    ...request.taps.flatMap((tap) => tapActions(links, request.bridge, tap)),
    ...(request.masquerade ? await masqueradeActions(state, folder) : []),
    ...(await dhcpActions(folder, request)),
  ];
}

function checkSameRequest(before: NetworkState | undefined, request: NetworkRequest): void {
  if (!before || JSON.stringify(before.request) === JSON.stringify(request)) return;
  throw new MirageError(
    "ERR_MIRAGE_NETWORK_DIFFERENT",
    `the network ${request.bridge} is up already, with other settings`,
    { hint: "`mirage network status` shows them; `mirage network down` ends it" },
  );
}

function checkLinks(
  links: readonly Link[],
  before: NetworkState | undefined,
  request: NetworkRequest,
): void {
  const { bridge, address, masquerade, dhcp, taps } = request;
  checkAddressIsFree(links, bridge, parseCidr(address));
  const present = links.find(({ name }) => name === bridge);
  if (present && present.kind !== "bridge") {
    throw new MirageError(
      "ERR_MIRAGE_NETWORK_NOT_A_BRIDGE",
      `${bridge} is there already, and is not a bridge`,
      { hint: "take another name with --bridge" },
    );
  }
  const outward = before?.made.bridge ? [] : outwardPorts(links, bridge);
  if (outward.length > 0 && (masquerade || dhcp)) {
    throw new MirageError(
      "ERR_MIRAGE_NETWORK_BRIDGED",
      `${bridge} is connected to the network of ${outward.join(", ")}: its guests are in that one, which has its own addresses`,
      {
        hint: "use it as it is; or name another bridge with --bridge, or give only an address with --no-masquerade --no-dhcp",
      },
    );
  }
  for (const { name } of taps) checkTap(links, name, bridge);
}

function checkTap(links: readonly Link[], name: string, bridge: string): void {
  const tap = links.find((link) => link.name === name);
  if (!tap) return;
  const belongsElsewhere = tap.master !== undefined && tap.master !== bridge;
  if (tap.kind === "tun" && !belongsElsewhere) return;
  throw new MirageError(
    "ERR_MIRAGE_NETWORK_TAP",
    belongsElsewhere ? `${name} is connected to ${tap.master}` : `${name} is not a TAP device`,
    { hint: "take another name with --tap" },
  );
}

/** What will have been changed, taken together with what an earlier call has noted. */
async function nextState(
  before: NetworkState | undefined,
  request: NetworkRequest,
  links: readonly Link[],
): Promise<NetworkState> {
  const { bridge, address, taps } = request;
  const made = before?.made;
  const find = (name: string) => links.find((link) => link.name === name);
  const present = find(bridge);
  const hasAddress = present?.addresses.includes(address) ?? false;
  const isNew = (name: string) => !find(name) || made?.taps.includes(name);
  const names = taps.map(({ name }) => name);
  const others = names.filter((name) => !isNew(name));
  const settings = before?.before ?? (await settingsToKeep(request));
  return {
    bootId: bootId(),
    request,
    made: {
      bridge: present ? (made?.bridge ?? false) : true,
      address: hasAddress ? (made?.address ?? false) : true,
      taps: names.filter(isNew),
      ports: others.filter((name) => !find(name)?.master || made?.ports.includes(name)),
      up: [bridge, ...others].filter(
        (name) => find(name)?.isUp === false || made?.up.includes(name),
      ),
    },
    ...(settings ? { before: settings } : {}),
  };
}

async function settingsToKeep({ masquerade }: NetworkRequest) {
  return !masquerade || (await isForwarding()) ? undefined : forwardingSettings();
}

function note(folder: string, state: NetworkState): Action {
  const { state: path } = filesOf(folder, state.request.bridge);
  return { kind: "write", path, content: printState(state) };
}

function bridgeActions(links: readonly Link[], { bridge, address }: NetworkRequest): Action[] {
  const present = links.find(({ name }) => name === bridge);
  const mac = ["address", macOf(bridge)];
  const plain = ["stp_state", "0", "forward_delay", "0"];
  return [
    ...(present ? [] : [ip("link", "add", "name", bridge, ...mac, "type", "bridge", ...plain)]),
    ...(present?.addresses.includes(address) ? [] : [ip("address", "add", address, "dev", bridge)]),
    ...(present?.isUp ? [] : [ip("link", "set", bridge, "up")]),
  ];
}

/** Of its own, so that it does not change whenever a guest comes or goes. */
function macOf(bridge: string): string {
  const digits = createHash("sha256").update(bridge).digest("hex").slice(0, 10);
  return ["02", ...(digits.match(/../g) ?? [])].join(":");
}

function tapActions(
  links: readonly Link[],
  bridge: string,
  { name, owner }: NetworkRequest["taps"][number],
): Action[] {
  const present = links.find((link) => link.name === name);
  const user = owner === undefined ? [] : ["user", owner];
  const isDone = present?.master === bridge && present.isUp;
  return [
    ...(present ? [] : [ip("tuntap", "add", "dev", name, "mode", "tap", ...user)]),
    ...(isDone ? [] : [ip("link", "set", name, "master", bridge, "up")]),
  ];
}

async function masqueradeActions(state: NetworkState, folder: string): Promise<Action[]> {
  const { request } = state;
  const [forwards, chains] = await Promise.all([isForwarding(), readChains()]);
  const start: Action = {
    kind: "step",
    title: "set net.ipv4.ip_forward to 1",
    perform: startForwarding,
  };
  const isThere = chains !== undefined && hasTable(chains, request.bridge);
  return [
    ...(isThere ? [] : [run("nft", [masquerading(request)], "masquerade in nftables")]),
    // Before forwarding begins, so that at no moment anything else is passed on.
    ...(await guardActions(state, folder)),
    ...(forwards ? [] : [start]),
  ];
}

/** Who switches forwarding on raises the guard; who comes later is let through it. */
async function guardActions({ request, before }: NetworkState, folder: string): Promise<Action[]> {
  const guarded = await guardedBridges();
  if (guarded?.includes(request.bridge)) return [];
  if (guarded) return [admit(request.bridge)];
  if (!before) return [];
  const bridges = await notedBridges(folder);
  const states = await Promise.all(bridges.map((bridge) => readState(folder, bridge)));
  const others = bridges.filter((_, index) => states[index]?.request.masquerade);
  return [raiseGuard([...new Set([request.bridge, ...others])], before)];
}

async function dhcpActions(folder: string, request: NetworkRequest): Promise<Action[]> {
  const { bridge, dhcp } = request;
  if (!dhcp || (await dnsmasqPid(folder, bridge)) !== undefined) return [];
  const [program = "", ...words] = dnsmasqCommand(folder, request, dhcp);
  return [run(program, words, "start the DHCP server")];
}
