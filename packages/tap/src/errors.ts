import { realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { getSystemErrorName } from "node:util";
import { MirageError } from "@mirage/diagnostics";

/**
 * The name such as `EPERM` of an error thrown by the addon, `ERRNO_n` if Node.js has none for its
 * number; undefined for any other error.
 */
export function errnoName(error: unknown): string | undefined {
  const errno = error instanceof Error ? (error as NodeJS.ErrnoException).errno : undefined;
  if (errno === undefined) return undefined;
  const name = getSystemErrorName(-errno);
  return /^E[A-Z0-9]+$/.test(name) ? name : `ERRNO_${errno}`;
}

/** An error of /dev/net/tun itself, before any device is asked for. */
export function driverError(cause: unknown): MirageError | undefined {
  if ((cause as NodeJS.ErrnoException).syscall !== "open") return undefined;
  switch (errnoName(cause)) {
    case "ENOENT":
    case "ENODEV":
    case "ENXIO":
      return new MirageError(
        "ERR_MIRAGE_TAP_NO_DRIVER",
        "there is no /dev/net/tun, the kernel's driver of TUN/TAP devices",
        {
          cause,
          hint: "load the driver with `sudo modprobe tun`; in a container, start it with `--device /dev/net/tun`",
        },
      );
    case "EACCES":
    case "EPERM":
      return new MirageError(
        "ERR_MIRAGE_TAP_ACCESS",
        "/dev/net/tun may not be opened by this user",
        {
          cause,
          hint: "let every user open it with `sudo chmod 666 /dev/net/tun`, as most distributions do (what a user may do with it is checked apart from that); in a container, start it with `--device /dev/net/tun`",
        },
      );
    default:
      return undefined;
  }
}

/** The operation needs CAP_NET_ADMIN; `device` is the name asked for, or a pattern such as tap%d. */
export function privilegeError(operation: string, device: string, cause: unknown): MirageError {
  return new MirageError(
    "ERR_MIRAGE_TAP_PRIVILEGE",
    `${operation} needs the capability CAP_NET_ADMIN`,
    {
      cause,
      hint: process.geteuid?.() === 0 ? containerHint : userHint(device.replace("%d", "0")),
    },
  );
}

const containerHint =
  "root lacks it here, as in a container: start the container with `--cap-add NET_ADMIN`";

function userHint(device: string): string {
  const user = userInfo().username;
  const kind = device.startsWith("tun") ? "tun" : "tap";
  return [
    "any one of these helps:",
    "- run the command with sudo",
    `- have a device made for you once: \`sudo ip tuntap add dev ${device} mode ${kind} user ${user} && sudo ip addr add 10.0.0.1/24 dev ${device} && sudo ip link set ${device} up\`, and open it by its name`,
    `- give node the capability: \`sudo setcap cap_net_admin+ep ${realpathSync(process.execPath)}\` (every script that it runs then has it)`,
    "- to run a unikernel: `mirage run --publish 8080:80` uses a network of its own and needs no privilege",
  ].join("\n");
}

/** The device was closed by this program. */
export function closedError(name: string): MirageError {
  return new MirageError("ERR_MIRAGE_TAP_CLOSED", `the device ${name} is closed`);
}

/** The kernel has the device no more. */
export function goneError(name: string, cause?: unknown): MirageError {
  return new MirageError("ERR_MIRAGE_TAP_GONE", `the device ${name} doesn't exist any more`, {
    cause,
    hint: "it was removed, or no process had it open and it isn't persistent",
  });
}

/** Any other error of the operating system. */
export function otherError(operation: string, cause: unknown): MirageError {
  const name = errnoName(cause) ?? "UNKNOWN";
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MirageError(`ERR_MIRAGE_SYSTEM_${name}`, `${operation} failed: ${reason}`, { cause });
}
