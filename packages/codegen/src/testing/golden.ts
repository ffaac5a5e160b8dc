import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Configuration, parseConf } from "@mirage/conf";
import { type Target, type TargetName, targets } from "@mirage/types";

/** The folder of the cases: each has a .conf file, the application's sources and its folders. */
export const goldenFolder = fileURLToPath(new URL("../../golden", import.meta.url));

/** The targets for which each case is generated. */
const cases: Readonly<Record<string, readonly TargetName[]>> = {
  noip: ["unix-direct", "unix-socket", "xen", "javascript"],
  "noip-fs": ["unix-direct", "javascript"],
  "noip-ppx": ["unix-direct", "xen"],
  "ip-static": ["unix-direct", "xen", "javascript"],
  "ip-dhcp": ["unix-direct"],
  http: ["unix-direct", "unix-socket", "xen", "virtio", "javascript"],
  "http-ipv6": ["unix-direct", "unix-socket", "xen"],
  "https-ipv6": ["unix-direct"],
  "app-ipv6": ["unix-direct", "virtio"],
  "http-socket": ["unix-socket"],
  "http-dhcp": ["unix-direct"],
  https: ["unix-direct", "xen"],
  "https-self-signed": ["unix-direct", "unix-socket", "xen"],
  "https-acme": ["unix-direct", "unix-socket", "xen"],
  app: ["unix-direct", "unix-socket", "xen", "javascript"],
  "of-2013": ["unix-direct", "xen"],
  "app-arguments": ["unix-direct", "xen"],
  "noip-net": ["unix-direct", "xen"],
  "http-2013": ["unix-direct", "unix-socket"],
  "app-1-1-0": ["unix-direct"],
  "app-2-0": ["unix-direct", "xen"],
  "app-logs": ["unix-direct", "xen"],
  "app-metrics": ["unix-socket", "virtio", "javascript"],
  "app-client": ["unix-direct", "unix-socket", "xen"],
  "app-http-client": ["unix-direct", "xen", "javascript"],
  "app-modules": ["unix-direct", "unix-socket"],
  "app-structure": ["unix-direct"],
  "app-storage": ["unix-direct", "xen", "virtio", "javascript"],
  "app-fat": ["unix-direct", "xen"],
  "app-networks": ["unix-direct", "xen"],
};

export interface GoldenCase {
  readonly name: string;
  readonly target: Target;
  readonly configuration: Configuration;
}

export function readCases(): GoldenCase[] {
  return Object.entries(cases).flatMap(([name, names]) =>
    targets
      .filter((target) => names.includes(target.name))
      .map((target) => ({ name, target, configuration: readConfiguration(name) })),
  );
}

export function readConfiguration(name: string): Configuration {
  const folder = join(goldenFolder, name);
  const file = readdirSync(folder).find((entry) => entry.endsWith(".conf")) ?? "";
  return parse(readFileSync(join(folder, file), "utf8"), join(folder, file));
}

/** The configuration of a .conf file's text. */
export function parse(text: string, file = "/apps/test.conf"): Configuration {
  const { configuration, diagnostics } = parseConf(text, file);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}
