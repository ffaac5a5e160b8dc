import { MirageError } from "@mirage/diagnostics";
import { Device } from "./device.js";
import { driverError, errnoName, otherError, privilegeError } from "./errors.js";
import { type DeviceKind, findLink, kindOf } from "./list.js";
import { checkName } from "./name.js";
import { native } from "./native.js";

export interface OpenOptions {
  /**
   * An existing persistent device, or the name of the new one; `%d` in it stands for the first free
   * number. Default: `tap%d` or `tun%d`.
   */
  readonly name?: string;
  /** Four bytes of flags and protocol before each frame (no IFF_NO_PI). Default: none. */
  readonly packetInfo?: boolean;
  /** A `struct virtio_net_hdr` before each frame (IFF_VNET_HDR). Default: none. */
  readonly vnetHeader?: boolean;
}

/**
 * Opens a TAP device: it carries Ethernet frames. See Documentation/networking/tuntap.rst.
 *
 * A new device needs CAP_NET_ADMIN; a persistent one may also be opened by its owner. Errors:
 * ERR_MIRAGE_TAP_PRIVILEGE, ERR_MIRAGE_TAP_NO_DRIVER, ERR_MIRAGE_TAP_ACCESS, ERR_MIRAGE_TAP_NAME,
 * ERR_MIRAGE_TAP_BUSY, ERR_MIRAGE_TAP_NAME_TAKEN.
 */
export function openTap(options: OpenOptions = {}): Device {
  return open("tap", options);
}

/** Opens a TUN device: it carries IP packets. @throws MirageError as `openTap` */
export function openTun(options: OpenOptions = {}): Device {
  return open("tun", options);
}

/** Opens a device of either kind. */
export function open(kind: DeviceKind, options: OpenOptions): Device {
  const wanted = options.name ?? defaultName(kind);
  checkName(wanted, { pattern: true });
  const { IFF_TAP, IFF_TUN, IFF_NO_PI, IFF_VNET_HDR } = native();
  const flags =
    (kind === "tap" ? IFF_TAP : IFF_TUN) |
    (options.packetInfo ? 0 : IFF_NO_PI) |
    (options.vnetHeader ? IFF_VNET_HDR : 0);
  try {
    const opened = native().open(wanted, flags);
    return new Device(kind, findLink(opened.name)?.index ?? 0, opened);
  } catch (error) {
    throw openError(kind, wanted, error);
  }
}

/** The first device that is free; macOS has none of Ethernet, and calls those of packets utun. */
function defaultName(kind: DeviceKind): string {
  return process.platform === "darwin" ? "utun%d" : `${kind}%d`;
}

function openError(kind: DeviceKind, name: string, cause: unknown): unknown {
  const errno = errnoName(cause);
  if (errno === undefined) return cause;
  const ofDriver = driverError(cause);
  if (ofDriver) return ofDriver;
  const existing = findLink(name);
  if (errno === "EBUSY") {
    return new MirageError("ERR_MIRAGE_TAP_BUSY", `another process has ${name} open`, {
      cause,
      hint: `end that process (\`sudo fuser -v /dev/net/tun\` lists the candidates), or choose another name`,
    });
  }
  if (errno === "EPERM" && existing) {
    return new MirageError("ERR_MIRAGE_TAP_OWNER", `this user may not open the device ${name}`, {
      cause,
      hint: "let its owner run this, run it with sudo, or choose another name",
    });
  }
  if (errno === "EPERM") {
    return privilegeError(`creating a ${kind.toUpperCase()} device`, name, cause);
  }
  if (errno === "EINVAL" && existing && kindOf(existing) !== kind) {
    return new MirageError(
      "ERR_MIRAGE_TAP_NAME_TAKEN",
      `${name} is a network interface of another kind than ${kind.toUpperCase()}`,
      { cause, hint: "choose another name" },
    );
  }
  return otherError(`opening ${name}`, cause);
}
