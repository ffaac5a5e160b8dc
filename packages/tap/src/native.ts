import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { loadAddon } from "./load-addon.js";
import { packageFolder } from "./package-folder.js";

/** A network interface as the kernel lists it. */
export interface NativeLink {
  readonly index: number;
  readonly name: string;
  /** `IFF_*` bits. */
  readonly flags: number;
  readonly mtu: number;
  readonly mac?: Buffer;
  /** Index of the bridge (or bond, …) that the interface is a port of. */
  readonly master?: number;
  /** `IFF_TUN` or `IFF_TAP`; only of a TUN/TAP device. */
  readonly tunType?: number;
  readonly persistent?: number;
  readonly owner?: number;
  readonly group?: number;
}

/** What keeps an open descriptor: collected, or at the end of its thread, it closes it. Opaque. */
export type NativeOwner = { readonly __owner: unique symbol };

/** An open TUN/TAP device. */
export interface NativeDevice {
  readonly fd: number;
  readonly name: string;
  readonly owner: NativeOwner;
}

/** A poll handle; opaque. */
export type NativeWatcher = { readonly __watcher: unique symbol };

/**
 * The functions of the addon. They throw errors with `errno` and `syscall`; ENODEV says that the
 * device was removed.
 */
export interface Native {
  readonly IFF_TUN: number;
  readonly IFF_TAP: number;
  readonly IFF_NO_PI: number;
  readonly IFF_VNET_HDR: number;
  readonly IFF_UP: number;
  readonly IFF_LOWER_UP: number;
  open(name: string, flags: number): NativeDevice;
  close(owner: NativeOwner): void;
  setPersistent(fd: number, persistent: 0 | 1): void;
  setOwner(fd: number, uid: number): void;
  setGroup(fd: number, gid: number): void;
  write(fd: number, frame: Uint8Array): boolean;
  links(): NativeLink[];
  setUp(index: number, up: 0 | 1): void;
  setMtu(index: number, mtu: number): void;
  setMac(index: number, mac: Uint8Array): void;
  addresses(index: number): { address: string; prefix: number; peer?: string }[];
  addAddress(index: number, address: string, prefix: number, peer: string): void;
  removeAddress(index: number, address: string, prefix: number, peer: string): void;
  watch(fd: number, callback: (frames: Buffer[], errno: number) => void): NativeWatcher;
  resume(watcher: NativeWatcher): void;
  pause(watcher: NativeWatcher): void;
  unwatch(watcher: NativeWatcher): void;
}

let loaded: Native | undefined;

/** The addon, loaded at its first use. */
export function native(): Native {
  loaded ??= loadAddon({
    prebuilds: join(packageFolder(import.meta.url), "prebuilds"),
    cache: cacheFolder(),
    compiler: process.env.CC || "cc",
  }) as Native;
  return loaded;
}

/** `$XDG_CACHE_HOME/mirage/tap`; relative paths in the variable don't count (XDG Base Directory). */
function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "mirage", "tap");
}
