import type { XenHost } from "./host.js";
import { type CallOptions, runScript } from "./run.js";

/** What a host offers to its guests. */
export interface HostInfo {
  /** Such as `4.17.7`. */
  readonly xenVersion: string;
  readonly cpus: number;
  readonly totalMemoryMb: number;
  /** Not given to any domain. */
  readonly freeMemoryMb: number;
  /** Whether the processor has what PVH and HVM guests need (`hvm` in `virt_caps`). */
  readonly runsPvh: boolean;
  /**
   * Whether xl may take memory from domain 0 when too little is free: by default it does, unless
   * Xen's command line has `dom0_mem` (autoballoon of xl.conf(5)).
   */
  readonly balloons: boolean;
  /** All network interfaces of domain 0, in the order of their names. */
  readonly interfaces: readonly string[];
  /** Those that are bridges. */
  readonly bridges: readonly string[];
  /** Everything that `xl info` prints. */
  readonly values: ReadonlyMap<string, string>;
}

const script = `xl info || exit
echo
for path in /sys/class/net/*; do
  if [ -d "$path/bridge" ]; then echo "bridge \${path##*/}"; else echo "interface \${path##*/}"; fi
done`;

/** What a host has (`xl info`, and its network interfaces). Errors: `ERR_MIRAGE_XL_*`. */
export async function hostInfo(host: XenHost, options: CallOptions = {}): Promise<HostInfo> {
  return parseHostInfo(await runScript(host, "ask what the host has", script, [], options));
}

/** Reads the output of `xl info`, an empty line, and a line for each network interface. */
export function parseHostInfo(text: string): HostInfo {
  const [info = "", network = ""] = text.split(/\n\n/);
  const values = new Map(
    [...info.matchAll(/^(\w+) *: ?(.*)$/gm)].map(([, key = "", value = ""]) => [key, value.trim()]),
  );
  const number = (key: string) => Number(values.get(key) ?? 0);
  const interfaces = [...network.matchAll(/^(bridge|interface) (.*)$/gm)];
  return {
    xenVersion: values.get("xen_version") ?? "",
    cpus: number("nr_cpus"),
    totalMemoryMb: number("total_memory"),
    freeMemoryMb: number("free_memory"),
    runsPvh: /(?:^|\s)hvm(?:\s|$)/.test(values.get("virt_caps") ?? ""),
    balloons: !/(?:^|\s)dom0_mem=/.test(values.get("xen_commandline") ?? ""),
    interfaces: interfaces.map(([, , name = ""]) => name),
    bridges: interfaces.flatMap(([, kind, name = ""]) => (kind === "bridge" ? [name] : [])),
    values,
  };
}
