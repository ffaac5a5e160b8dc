import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";

const root = "/proc/sys/net/ipv4";
const forwarding = "ip_forward";

/** Settings of the kernel by their paths below /proc/sys/net/ipv4. */
export type Settings = Readonly<Record<string, string>>;

/** Whether this host passes packets on from one network to another. */
export async function isForwarding(): Promise<boolean> {
  return (await read(forwarding)) !== "0";
}

/**
 * What switching forwarding on or off changes: the setting itself, that of every interface, and
 * whether redirects are believed (Linux's ip-sysctl: "its change resets all configuration parameters").
 */
export async function forwardingSettings(): Promise<Settings> {
  const interfaces = await readdir(join(root, "conf"));
  const paths = [
    forwarding,
    "conf/all/accept_redirects",
    ...interfaces
      .filter((name) => name !== "all")
      .sort()
      .map((name) => `conf/${name}/forwarding`),
  ];
  const values = await Promise.all(paths.map(async (path) => [path, await read(path)] as const));
  return Object.fromEntries(values);
}

/** @throws MirageError `ERR_MIRAGE_NETWORK_SYSCTL` */
export async function startForwarding(): Promise<void> {
  await write(forwarding, "1");
}

/** Puts settings back, in their order; those of interfaces that are gone are passed over. */
export async function restoreSettings(settings: Settings): Promise<void> {
  for (const [path, value] of Object.entries(settings)) {
    const present = await read(path).catch(() => undefined);
    if (present !== undefined && present !== value) await write(path, value);
  }
}

async function read(path: string): Promise<string> {
  return (await readFile(join(root, path), "utf8")).trim();
}

async function write(path: string, value: string): Promise<void> {
  try {
    await writeFile(join(root, path), value);
  } catch (cause) {
    throw new MirageError(
      "ERR_MIRAGE_NETWORK_SYSCTL",
      `the kernel does not let net/ipv4/${path} be set to ${value}`,
      {
        cause,
        hint: "in a container, /proc/sys is read-only: enable forwarding outside the container, or use --no-masquerade",
      },
    );
  }
}
