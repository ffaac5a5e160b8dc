import { isIPv4 } from "node:net";
import { MirageError } from "@mirage/diagnostics";

/** An IPv4 address of an interface, with the length of its network's prefix in bits. */
export interface InterfaceAddress {
  readonly address: string;
  readonly prefix: number;
  /** The other end of a point-to-point link, which the prefix then belongs to. */
  readonly peer?: string;
}

/**
 * Reads `10.0.0.1/24`, or as ip-address(8) writes it, `192.0.2.1 peer 192.0.2.7/32`.
 * @throws MirageError `ERR_MIRAGE_TAP_ADDRESS` for anything else
 */
export function parseAddress(text: string): InterfaceAddress {
  const [, address = "", peer, bits = ""] =
    /^([0-9.]+)(?: peer ([0-9.]+))?\/(\d{1,2})$/.exec(text) ?? [];
  const prefix = Number(bits);
  if (!isIPv4(address) || (peer !== undefined && !isIPv4(peer)) || prefix > 32) {
    throw new MirageError(
      "ERR_MIRAGE_TAP_ADDRESS",
      `\`${text}\` isn't an IPv4 address with its prefix`,
      { hint: "write it as in 10.0.0.1/24, or 192.0.2.1 peer 192.0.2.7/32" },
    );
  }
  return { address, prefix, ...(peer === undefined ? {} : { peer }) };
}

export function formatAddress({ address, prefix, peer }: InterfaceAddress): string {
  return `${address}${peer === undefined ? "" : ` peer ${peer}`}/${prefix}`;
}
