import { MirageError } from "@mirage/diagnostics";
import { type Cidr, overlap, parseCidr } from "./cidr.js";
import { query } from "./query.js";

/** A network interface of the host. */
export interface Link {
  readonly name: string;
  /** As `ip` knows it: `bridge`, `tun`, `vlan`; none for a network card. */
  readonly kind?: string;
  readonly isUp: boolean;
  /** Whether something is at its other end: with a TAP device, a process that has it open. */
  readonly hasCarrier: boolean;
  /** The bridge that it is a port of. */
  readonly master?: string;
  /** IPv4 addresses with their prefixes. */
  readonly addresses: readonly string[];
}

interface IpLink {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

/** All network interfaces: `ip -json -details address`. */
export async function readLinks(): Promise<Link[]> {
  const list = JSON.parse(await query("ip", ["-json", "-details", "address"])) as IpLink[];
  return list
    .filter(({ ifname }) => ifname !== undefined)
    .map(({ ifname, flags, master, linkinfo, addr_info }) => ({
      name: ifname,
      isUp: flags.includes("UP"),
      hasCarrier: flags.includes("LOWER_UP"),
      addresses: addr_info
        .filter(({ family }) => family === "inet")
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      ...(linkinfo?.info_kind === undefined ? {} : { kind: linkinfo.info_kind }),
      ...(master === undefined ? {} : { master }),
    }));
}

/** The interfaces that are connected to a bridge. */
export function portsOf(links: readonly Link[], bridge: string): string[] {
  return links.filter(({ master }) => master === bridge).map(({ name }) => name);
}

/**
 * Ports that lead to a network beyond this host: cards, and what is made of them. xl's `vif1.0` is
 * a port without a kind, too.
 */
export function outwardPorts(links: readonly Link[], bridge: string): string[] {
  return links
    .filter(({ master }) => master === bridge)
    .filter(({ name, kind }) => !/^vif\d+\.\d+/.test(name) && leadsOut(kind))
    .map(({ name }) => name);
}

function leadsOut(kind: string | undefined): boolean {
  return kind === undefined || ["vlan", "bond", "team"].includes(kind);
}

/**
 * Refuses an address whose network another interface is in already.
 * @throws MirageError `ERR_MIRAGE_NETWORK_TAKEN`
 */
export function checkAddressIsFree(links: readonly Link[], bridge: string, cidr: Cidr): void {
  for (const { name, addresses } of links) {
    const taken = addresses.find((address) => overlapsWith(address, cidr));
    if (name === bridge || taken === undefined) continue;
    throw new MirageError(
      "ERR_MIRAGE_NETWORK_TAKEN",
      `${name} has the address ${taken} already, which is in the network of ${bridge}`,
      { hint: "give the bridge another network: `--address 10.77.0.1/24`" },
    );
  }
}

function overlapsWith(address: string, cidr: Cidr): boolean {
  try {
    return overlap(parseCidr(address), cidr);
  } catch {
    return false; // a single address, such as that of a tunnel
  }
}
