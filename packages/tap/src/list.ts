import { type NativeLink, native } from "./native.js";

/** Ethernet frames (`tap`) or IP packets (`tun`). */
export type DeviceKind = "tap" | "tun";

/** A TUN/TAP device of this network namespace, opened by whatever process. */
export interface DeviceInfo {
  readonly name: string;
  readonly kind: DeviceKind;
  /** It exists whether or not a process has it open. */
  readonly persistent: boolean;
  /** User id that may open it without CAP_NET_ADMIN. */
  readonly owner?: number;
  /** Group id whose members may open it without CAP_NET_ADMIN. */
  readonly group?: number;
  readonly isUp: boolean;
  readonly mtu: number;
}

/** The TUN/TAP devices of this network namespace. Needs no privilege. */
export function listDevices(): DeviceInfo[] {
  return native()
    .links()
    .flatMap((link) => {
      const kind = kindOf(link);
      return kind === undefined ? [] : [describe(link, kind)];
    });
}

/** The device of that name, if there is one. */
export function findLink(name: string): NativeLink | undefined {
  return native()
    .links()
    .find((link) => link.name === name);
}

/** The kind of a link; undefined for anything but a TUN/TAP device. */
export function kindOf({ tunType }: NativeLink): DeviceKind | undefined {
  if (tunType === undefined) return undefined;
  return tunType === native().IFF_TAP ? "tap" : "tun";
}

function describe(link: NativeLink, kind: DeviceKind): DeviceInfo {
  return {
    name: link.name,
    kind,
    persistent: link.persistent === 1,
    ...(link.owner === undefined ? {} : { owner: link.owner }),
    ...(link.group === undefined ? {} : { group: link.group }),
    isUp: (link.flags & native().IFF_UP) !== 0,
    mtu: link.mtu,
  };
}
