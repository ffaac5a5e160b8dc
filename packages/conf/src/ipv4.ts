/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4 = number;

/** Reads a dotted quad; no leading zeros, since some programs take those for octal. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const octet = "(0|[1-9][0-9]{0,2})";
  const match = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`).exec(text);
  if (!match) return undefined;
  const octets = match.slice(1).map(Number);
  if (octets.some((value) => value > 255)) return undefined;
  return octets.reduce((sum, value) => sum * 256 + value, 0);
}

export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** Length of the prefix that a netmask stands for; undefined if its ones are not contiguous. */
export function prefixLength(netmask: Ipv4): number | undefined {
  const length = Math.clz32(~netmask);
  return netmaskOf(length) === netmask ? length : undefined;
}

export function netmaskOf(prefix: number): Ipv4 {
  return prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
}

export function networkOf(address: Ipv4, netmask: Ipv4): Ipv4 {
  return (address & netmask) >>> 0;
}

export function broadcastOf(address: Ipv4, netmask: Ipv4): Ipv4 {
  return (address | ~netmask) >>> 0;
}
