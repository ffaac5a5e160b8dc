import { MirageError } from "@mirage/diagnostics";
import { errnoName, goneError, otherError, privilegeError } from "./errors.js";
import { formatAddress, type InterfaceAddress, parseAddress } from "./ipv4.js";
import { formatMac, parseMac } from "./mac.js";
import { type NativeLink, native } from "./native.js";

/** The greatest that the kernel takes of a TUN/TAP device: a packet of 65,535 bytes. */
const maximumMtu = 65_535;

/**
 * The IPv4 addresses of a network interface, as text with the prefix: `10.0.0.1/24`, or with the other
 * end of a point-to-point link: `192.0.2.1 peer 192.0.2.7/32`.
 */
export interface Addresses {
  /** In the kernel's order: the primary address of each network first. */
  list(): string[];
  /** Adds an address; one that is there already stays. */
  add(address: string): void;
  /** Removes an address; one that isn't there is no error. */
  remove(address: string): void;
  /** Makes these the only addresses. */
  set(addresses: readonly string[]): void;
}

/**
 * A network interface of the host. Reading needs no privilege, changing needs CAP_NET_ADMIN
 * (ERR_MIRAGE_TAP_PRIVILEGE). ERR_MIRAGE_TAP_GONE: it doesn't exist any more.
 */
export class NetworkInterface {
  /** IPv4 addresses of the host's side. */
  readonly addresses: Addresses;

  constructor(
    readonly name: string,
    /** The kernel's number of the interface. */
    readonly index: number,
  ) {
    this.addresses = new InterfaceAddresses(name, index);
  }

  /** Whether it is administratively up. */
  get isUp(): boolean {
    return (this.#link().flags & native().IFF_UP) !== 0;
  }

  /** Whether it is a port of a bridge (or bond, …), which then has the addresses. */
  get isPort(): boolean {
    return this.#link().master !== undefined;
  }

  up(): void {
    change(this.name, `switching ${this.name} on`, () => native().setUp(this.index, 1));
  }

  down(): void {
    change(this.name, `switching ${this.name} off`, () => native().setUp(this.index, 0));
  }

  /**
   * Maximum transmission unit in bytes: the payload of a frame, without its Ethernet header.
   * @throws MirageError `ERR_MIRAGE_TAP_MTU` when set to anything but a whole number up to 65,535
   */
  get mtu(): number {
    return this.#link().mtu;
  }

  set mtu(bytes: number) {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > maximumMtu) {
      throw new MirageError("ERR_MIRAGE_TAP_MTU", `${bytes} can't be the MTU of ${this.name}`, {
        hint: `give a whole number of bytes, at most ${maximumMtu}`,
      });
    }
    change(this.name, `setting the MTU of ${this.name} to ${bytes}`, () => {
      native().setMtu(this.index, bytes);
    });
  }

  /** MAC address of the host's side, such as `02:00:5e:10:00:01`; undefined for a TUN device. */
  get mac(): string | undefined {
    const { mac } = this.#link();
    return mac && mac.length > 0 ? formatMac(mac) : undefined;
  }

  set mac(address: string) {
    const bytes = parseMac(address);
    change(this.name, `setting the MAC address of ${this.name}`, () => {
      native().setMac(this.index, bytes);
    });
  }

  #link(): NativeLink {
    const link = native()
      .links()
      .find(({ index }) => index === this.index);
    if (!link) throw goneError(this.name);
    return link;
  }
}

class InterfaceAddresses implements Addresses {
  readonly #name: string;
  readonly #index: number;

  constructor(name: string, index: number) {
    this.#name = name;
    this.#index = index;
  }

  list(): string[] {
    return native().addresses(this.#index).map(formatAddress);
  }

  add(address: string): void {
    const parsed = parseAddress(address);
    this.#change(`giving ${this.#name} the address ${address}`, "EEXIST", () => {
      const { prefix, peer = parsed.address } = parsed;
      native().addAddress(this.#index, parsed.address, prefix, peer);
    });
  }

  remove(address: string): void {
    this.#remove(parseAddress(address));
  }

  set(addresses: readonly string[]): void {
    const wanted = new Set(addresses.map((text) => formatAddress(parseAddress(text))));
    for (const present of native().addresses(this.#index)) {
      if (!wanted.has(formatAddress(present))) this.#remove(present);
    }
    for (const address of wanted) this.add(address);
  }

  #remove(address: InterfaceAddress): void {
    const operation = `taking the address ${formatAddress(address)} from ${this.#name}`;
    this.#change(operation, "EADDRNOTAVAIL", () => {
      const { prefix, peer = address.address } = address;
      native().removeAddress(this.#index, address.address, prefix, peer);
    });
  }

  #change(operation: string, harmless: string, action: () => void): void {
    change(this.#name, operation, () => {
      try {
        action();
      } catch (error) {
        if (errnoName(error) !== harmless) throw error;
      }
    });
  }
}

function change(name: string, operation: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const errno = errnoName(error);
    if (errno === undefined) throw error;
    if (errno === "EPERM") throw privilegeError(operation, name, error);
    if (errno === "ENODEV") throw goneError(name, error);
    throw otherError(operation, error);
  }
}
