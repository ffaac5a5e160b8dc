import { MirageError } from "@mirage/diagnostics";
import { errnoName, otherError, privilegeError } from "./errors.js";
import { NetworkInterface } from "./interface.js";
import { type DeviceKind, findLink, kindOf } from "./list.js";
import { checkName } from "./name.js";
import { native } from "./native.js";
import { open } from "./open.js";

export interface PersistentOptions {
  /** Default: tap. */
  readonly kind?: DeviceKind;
  readonly name: string;
  /** User id that may open the device without CAP_NET_ADMIN. */
  readonly owner?: number;
  /** Group id whose members may open the device without CAP_NET_ADMIN. */
  readonly group?: number;
}

/**
 * Makes a device that stays when no process has it open, until `deletePersistent` or a reboot; one
 * that exists gets the owner and group given. Needs CAP_NET_ADMIN.
 * @throws MirageError as `openTap`
 */
export function createPersistent(options: PersistentOptions): NetworkInterface {
  checkName(options.name, { pattern: false });
  const device = open(options.kind ?? "tap", { name: options.name });
  try {
    if (options.owner !== undefined) native().setOwner(device.fd, options.owner);
    if (options.group !== undefined) native().setGroup(device.fd, options.group);
    native().setPersistent(device.fd, 1);
  } catch (error) {
    const operation = `making ${options.name} persistent`;
    throw errnoName(error) === "EPERM"
      ? privilegeError(operation, options.name, error)
      : otherError(operation, error);
  } finally {
    device.close();
  }
  return new NetworkInterface(device.name, device.index);
}

/**
 * Removes a persistent device. Its owner may do so without CAP_NET_ADMIN.
 * @throws MirageError `ERR_MIRAGE_TAP_NOT_FOUND`, `ERR_MIRAGE_TAP_BUSY` if a process has it open, and as
 * `openTap`
 */
export function deletePersistent(name: string): void {
  const link = findLink(name);
  const kind = link && kindOf(link);
  if (kind === undefined) {
    throw new MirageError("ERR_MIRAGE_TAP_NOT_FOUND", `there is no TUN/TAP device ${name}`);
  }
  const device = open(kind, { name });
  try {
    native().setPersistent(device.fd, 0);
  } finally {
    device.close();
  }
}

/** The network interface of that name, of whatever kind; undefined if there is none. */
export function findInterface(name: string): NetworkInterface | undefined {
  const link = findLink(name);
  return link && new NetworkInterface(name, link.index);
}
