import ipaddr from "ipaddr.js";

export type Ipv4 = ipaddr.IPv4;

/** Reads a dotted quad; no leading zeros, since some programs take those for octal. */
export function parseIpv4(text: string): Ipv4 | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : undefined;
}

/** Length of the prefix that a netmask stands for; undefined if its ones are not contiguous. */
export function prefixLength(netmask: Ipv4): number | undefined {
  return netmask.prefixLengthFromSubnetMask() ?? undefined;
}

export function netmaskOf(prefix: number): Ipv4 {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix);
}

export function networkOf(address: Ipv4, prefix: number): Ipv4 {
  return ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`);
}

export function broadcastOf(address: Ipv4, prefix: number): Ipv4 {
  return ipaddr.IPv4.broadcastAddressFromCIDR(`${address}/${prefix}`);
}

/** Whether two addresses lie in one network with a prefix of that length. */
export function isSameNetwork(one: Ipv4, other: Ipv4, prefix: number): boolean {
  return one.match(other, prefix);
}

export function isSame(one: Ipv4, other: Ipv4): boolean {
  return one.match(other, 32);
}
