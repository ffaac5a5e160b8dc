import { networkOf, parseCidr, prefixOf } from "./cidr.js";
import { query } from "./query.js";
import type { NetworkRequest } from "./request.js";

/** The table of nftables that is this network's own; no other is ever touched. */
export function tableOf(bridge: string): string {
  return `mirage-${bridge}`;
}

/**
 * Replaces the table in one transaction: what guests send out of their network leaves under the
 * host's address. nft(8).
 */
export function masquerading({ bridge, address }: NetworkRequest): string {
  const cidr = parseCidr(address);
  const network = `${networkOf(cidr)}/${prefixOf(cidr)}`;
  const table = `table ip ${tableOf(bridge)}`;
  const rule = `ip saddr ${network} ip daddr != ${network} oifname != "${bridge}" masquerade`;
  const hook = "type nat hook postrouting priority srcnat; policy accept;";
  return `${table}; delete ${table}; ${table} { chain postrouting { ${hook} ${rule}; }; }`;
}

interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

/** What nftables has; nothing if it cannot be asked, as without root. */
export async function readChains(): Promise<readonly NftChain[] | undefined> {
  try {
    const { nftables } = JSON.parse(await query("nft", ["-j", "list", "chains"])) as {
      nftables: readonly { readonly chain?: NftChain }[];
    };
    return nftables.flatMap(({ chain }) => chain ?? []);
  } catch {
    return undefined;
  }
}

/** Whether the table of a bridge is there. */
export function hasTable(chains: readonly NftChain[], bridge: string): boolean {
  return chains.some(({ family, table }) => family === "ip" && table === tableOf(bridge));
}

/** Chains of others that drop what is passed on, unless a rule of theirs accepts it. */
export function droppingChains(chains: readonly NftChain[]): string[] {
  return chains
    .filter(({ hook, policy }) => hook === "forward" && policy === "drop")
    .filter(({ family }) => family === "ip" || family === "inet")
    .map(({ family, table, name }) => `${family} ${table} ${name}`);
}
