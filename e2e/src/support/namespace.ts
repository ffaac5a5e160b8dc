import { execFileSync } from "node:child_process";

/** A network namespace of a test's own, and the words that run a command in it. */
export interface Namespace {
  readonly name: string;
  readonly exec: readonly string[];
}

/** Makes a network namespace with loopback up, removed after the test; needs root. */
export function networkNamespace(cleanUp: (job: () => void) => void): Namespace {
  const name = `mirage-e2e-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  execFileSync("ip", ["netns", "add", name]);
  cleanUp(() => execFileSync("ip", ["netns", "delete", name]));
  const exec = ["ip", "netns", "exec", name];
  execFileSync("ip", ["-n", name, "link", "set", "lo", "up"]);
  return { name, exec };
}

export const isRoot = process.getuid?.() === 0;

/**
 * Words that run a command as a user without any right, with /dev/net/tun open to everybody as
 * Debian's udev sets it.
 */
export const asNobody = [
  "unshare",
  "--mount",
  "sh",
  "-c",
  [
    "mount -t tmpfs none /dev/net",
    "mknod -m 666 /dev/net/tun c 10 200",
    'exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"',
  ].join(" && "),
  "sh",
];
