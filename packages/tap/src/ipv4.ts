import { isIPv4 } from "node:net";
import { MirageError } from "@mirage/diagnostics";

/** An IPv4 address of an interface, with the length of its network's prefix in bits. */
export interface InterfaceAddress {
  readonly address: string;
  readonly prefix: number;
}

/** Reads `10.0.0.1/24`. Throws ERR_MIRAGE_TAP_ADDRESS for anything else. */
export function parseAddress(text: string): InterfaceAddress {
  const [address = "", prefix = "", ...rest] = text.split("/");
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32 || rest.length > 0) {
    throw new MirageError(
      "ERR_MIRAGE_TAP_ADDRESS",
      `\`${text}\` isn't an IPv4 address with its prefix`,
      { hint: "write it as in 10.0.0.1/24" },
    );
  }
  return { address, prefix: Number(prefix) };
}

export function formatAddress({ address, prefix }: InterfaceAddress): string {
  return `${address}/${prefix}`;
}
