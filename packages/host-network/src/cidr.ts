import { MirageError } from "@mirage/diagnostics";
import ipaddr from "ipaddr.js";

/** An IPv4 address with the length of its network's prefix. */
export type Cidr = readonly [address: ipaddr.IPv4, prefix: number];

/** Reads `10.0.0.1/24`. @throws MirageError `ERR_MIRAGE_NETWORK_OPTION` */
export function parseCidr(text: string): Cidr {
  const isWritten = /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text) && ipaddr.IPv4.isValidCIDR(text);
  if (isWritten) {
    const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
    const host = number(address) - number(ipaddr.IPv4.networkAddressFromCIDR(text));
    const last = 2 ** (32 - prefix) - 1;
    if (prefix >= 8 && prefix <= 30 && host !== 0 && host !== last) return [address, prefix];
  }
  throw new MirageError(
    "ERR_MIRAGE_NETWORK_OPTION",
    `\`${text}\` is not an address of this host in a network`,
    { hint: "write it with the prefix, from /8 to /30, such as 10.0.0.1/24", exitCode: 2 },
  );
}

export function formatCidr([address, prefix]: Cidr): string {
  return `${address}/${prefix}`;
}

export function prefixOf([, prefix]: Cidr): number {
  return prefix;
}

/** The network's own address: `10.0.0.0` of `10.0.0.1/24`. */
export function networkOf(cidr: Cidr): string {
  return ipaddr.IPv4.networkAddressFromCIDR(formatCidr(cidr)).toString();
}

export function netmaskOf([, prefix]: Cidr): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString();
}

/** Addresses of the network, counted from its first. */
export function addressesAt(cidr: Cidr, offsets: readonly number[]): string[] {
  const first = number(ipaddr.IPv4.parse(networkOf(cidr)));
  return offsets.map((offset) => ipaddr.fromByteArray(bytes(first + offset)).toString());
}

/** Whether two networks have addresses in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  const prefix = Math.min(a[1], b[1]);
  return a[0].match(b[0], prefix);
}

function number(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((value, byte) => value * 256 + byte, 0);
}

function bytes(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
}
