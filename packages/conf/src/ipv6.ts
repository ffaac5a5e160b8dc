import ipaddr from "ipaddr.js";

export type Ipv6 = ipaddr.IPv6;

/** Reads an IPv6 address; none with a zone (`%eth0`) or with a dotted quad at its end. */
export function parseIpv6(text: string): Ipv6 | undefined {
  if (!/^[0-9a-fA-F:]+$/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text);
}

/** Whether it can be reached on its own link only: fe80::/10. */
export function isLinkLocal(address: Ipv6): boolean {
  return address.range() === "linkLocal";
}

/** Why no host can have it; undefined if one can. */
export function whyNoHost6(address: Ipv6): string | undefined {
  switch (address.range()) {
    case "unspecified":
      return "no address, as nothing stands in it";
    case "loopback":
      return "the loopback address";
    case "multicast":
      return "a multicast address";
    case "ipv4Mapped":
      return "an IPv4 address in disguise";
    default:
      return undefined;
  }
}
