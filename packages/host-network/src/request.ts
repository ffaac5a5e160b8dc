import { MirageError } from "@mirage/diagnostics";
import { addressesAt, type Cidr, formatCidr, networkOf, parseCidr, prefixOf } from "./cidr.js";

/** What a network is to be. */
export interface NetworkOptions {
  /** Name of the bridge; `xenbr0`, which xl takes by itself, unless said otherwise. */
  readonly bridge?: string;
  /** The host's address on it, with the prefix: `10.0.0.1/24`, the gateway of a .conf file's default. */
  readonly address?: string;
  /** Whether guests reach what the host reaches, under the host's address. Default: yes. */
  readonly masquerade?: boolean;
  /** Whether dnsmasq gives addresses to guests that ask. Default: yes, in the middle of the network. */
  readonly dhcp?: boolean | { readonly from: string; readonly to: string };
  /** TAP devices to connect; those that do not exist are made. */
  readonly taps?: readonly TapOptions[];
}

export interface TapOptions {
  readonly name: string;
  /** The user who may open it without root: a name or a number. Only for one that is made. */
  readonly owner?: string;
}

/** A network with everything said, as it stands in the state file. */
export interface NetworkRequest {
  readonly bridge: string;
  readonly address: string;
  readonly masquerade: boolean;
  readonly dhcp?: { readonly from: string; readonly to: string };
  readonly taps: readonly TapOptions[];
}

export const defaultBridge = "xenbr0";
const defaultAddress = "10.0.0.1/24";

/**
 * Fills in what is not said.
 * @throws MirageError `ERR_MIRAGE_NETWORK_OPTION`
 */
export function resolveRequest(options: NetworkOptions = {}): NetworkRequest {
  const bridge = checkInterfaceName(options.bridge ?? defaultBridge);
  const cidr = parseCidr(options.address ?? defaultAddress);
  const dhcp = options.dhcp ?? true;
  return {
    bridge,
    address: formatCidr(cidr),
    masquerade: options.masquerade ?? true,
    ...(dhcp === false ? {} : { dhcp: dhcp === true ? middle(cidr) : checkRange(dhcp, cidr) }),
    taps: (options.taps ?? []).map(({ name, owner }) => ({
      name: checkInterfaceName(name),
      ...(owner === undefined ? {} : { owner: checkOwner(owner) }),
    })),
  };
}

/** IFNAMSIZ has 16 bytes; the rest keeps a name from being an option, a path or several words. */
export function checkInterfaceName(name: string): string {
  if (/^[A-Za-z0-9_][\w.-]{0,14}$/.test(name)) return name;
  throw wrong(
    `\`${name}\` is not the name of a network interface`,
    "write up to 15 letters and digits, such as xenbr0",
  );
}

function checkOwner(owner: string): string {
  if (/^[a-z_0-9][\w.-]*\$?$/i.test(owner)) return owner;
  throw wrong(`\`${owner}\` is not a user`, "write a user's name or number");
}

/** From .100 to .199 of a network of 256 addresses, and in proportion in others. */
function middle(cidr: Cidr): { from: string; to: string } {
  const size = 2 ** (32 - prefixOf(cidr));
  const from = Math.max(2, Math.floor((size * 100) / 256));
  const to = Math.min(size - 2, Math.max(from, Math.floor((size * 199) / 256)));
  const [first = "", last = ""] = addressesAt(cidr, [from, to]);
  return { from: first, to: last };
}

function checkRange(range: { from: string; to: string }, cidr: Cidr): { from: string; to: string } {
  const network = networkOf(cidr);
  const prefix = prefixOf(cidr);
  for (const address of [range.from, range.to]) {
    const inside = networkOf(parseCidr(`${address}/${prefix}`));
    if (inside === network) continue;
    throw wrong(
      `the address ${address} of the DHCP range is not in the network ${network}/${prefix}`,
      "give the first and the last address that guests may get",
    );
  }
  return range;
}

function wrong(message: string, hint: string): MirageError {
  return new MirageError("ERR_MIRAGE_NETWORK_OPTION", message, { hint, exitCode: 2 });
}
