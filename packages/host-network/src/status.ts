import { parseCidr } from "./cidr.js";
import { dnsmasqPid, type Lease, readLeases } from "./dnsmasq.js";
import { guardedBridges } from "./guard.js";
import { portsOf, readLinks } from "./links.js";
import { droppingChains, hasTable, readChains, tableOf } from "./nft.js";
import { notedBridges, readState, stateFolder } from "./state.js";
import { isForwarding } from "./sysctl.js";

/** A network that mirage has set up, as it is now. */
export interface NetworkStatus {
  readonly bridge: string;
  readonly address: string;
  /** The interfaces that are connected to it. */
  readonly ports: readonly string[];
  readonly masquerade: boolean;
  readonly dhcp?: {
    readonly from: string;
    readonly to: string;
    /** dnsmasq's process; none if it does not run. */
    readonly pid?: number;
    readonly leases: readonly Lease[];
  };
  /** What differs from the setup; `networkUp` repairs it. */
  readonly problems: readonly string[];
  /** What others have set up that is in its way. */
  readonly warnings: readonly string[];
}

/** The networks that mirage has set up in this network namespace. Changes nothing, needs no right. */
export async function networkStatus(folder = stateFolder()): Promise<NetworkStatus[]> {
  const bridges = await notedBridges(folder);
  const found = await Promise.all(bridges.map((bridge) => statusOf(folder, bridge)));
  return found.filter((status) => status !== undefined);
}

async function statusOf(folder: string, bridge: string): Promise<NetworkStatus | undefined> {
  const state = await readState(folder, bridge);
  if (!state) return undefined;
  const { address, masquerade, dhcp, taps } = state.request;
  const [links, chains, guarded, forwards, pid, leases] = await Promise.all([
    readLinks(),
    masquerade ? readChains() : undefined,
    masquerade ? guardedBridges() : undefined,
    isForwarding(),
    dnsmasqPid(folder, bridge),
    readLeases(folder, bridge),
  ]);
  const link = links.find(({ name }) => name === bridge);
  const ports = portsOf(links, bridge);
  const [network] = parseCidr(address);
  const problems = [
    link === undefined && `the bridge ${bridge} is gone`,
    link && !link.isUp && `the bridge ${bridge} is switched off`,
    link && !link.addresses.includes(address) && `${bridge} has lost the address ${network}`,
    masquerade && !forwards && "IPv4 forwarding is switched off",
    chains && !hasTable(chains, bridge) && `nftables has no table ${tableOf(bridge)} any more`,
    chains &&
      state.before &&
      !guarded &&
      "nothing keeps the host from passing on packets of others",
    guarded && !guarded.includes(bridge) && `nothing of ${bridge} is passed on`,
    dhcp && pid === undefined && "the DHCP server does not run",
    ...taps.map(({ name }) => !ports.includes(name) && `${name} is not connected`),
  ];
  return {
    bridge,
    address,
    ports,
    masquerade,
    ...(dhcp ? { dhcp: { ...dhcp, ...(pid === undefined ? {} : { pid }), leases } } : {}),
    problems: problems.filter((problem) => typeof problem === "string"),
    warnings: droppingChains(chains ?? []).map(
      (chain) =>
        `the chain \`${chain}\` drops what is passed on: guests reach nothing outside unless a rule of it accepts them`,
    ),
  };
}
