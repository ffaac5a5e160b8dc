import { MirageError } from "@mirage/diagnostics";
import { type DomainReference, domainArgument } from "./control.js";
import type { XenHost } from "./host.js";
import { type CallOptions, runXl } from "./run.js";

/** A network interface that a domain was given. */
export interface DomainNic {
  readonly devid: number;
  readonly mac?: string;
  readonly bridge?: string;
  readonly ip?: string;
  readonly mtu?: number;
}

/** A disk that a domain was given. */
export interface DomainDisk {
  readonly vdev: string;
  readonly target?: string;
  readonly format?: string;
  readonly readOnly: boolean;
}

/** With what a domain was created. */
export interface DomainConfig {
  readonly id: number;
  readonly name: string;
  /** `pv`, `pvh` or `hvm`. */
  readonly type: string;
  readonly uuid?: string;
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly cmdline?: string;
  readonly maxVcpus?: number;
  /** What it may grow to, in megabytes. */
  readonly maxMemoryMb?: number;
  /** What it has, unless it gave some back, in megabytes. */
  readonly memoryMb?: number;
  readonly nics: readonly DomainNic[];
  readonly disks: readonly DomainDisk[];
  /** Everything that libxl tells, under its own names. */
  readonly raw: unknown;
}

/**
 * With what the domains of a host, or one of them, were created (`xl list -l`). Whether they run is
 * not in it: see `listDomains`. Errors: `ERR_MIRAGE_XL_NO_DOMAIN`, `ERR_MIRAGE_XL_*`.
 */
export async function domainConfigs(
  host: XenHost,
  domain?: DomainReference,
  options: CallOptions = {},
): Promise<DomainConfig[]> {
  const words = domain === undefined ? [] : ["--", domainArgument(domain)];
  return parseDomainConfigs(
    await runXl(host, "list the domains", ["list", "-l", ...words], options),
  );
}

/** Reads what `xl list -l` prints. @throws MirageError `ERR_MIRAGE_XL_OUTPUT` */
export function parseDomainConfigs(text: string): DomainConfig[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw unexpected(cause);
  }
  if (!Array.isArray(list)) throw unexpected();
  return list.map(readConfig);
}

function readConfig(raw: unknown): DomainConfig {
  const config = part(raw, "config");
  const created = part(config, "c_info");
  const built = part(config, "b_info");
  const id = number(raw, "domid");
  const type = string(created, "type");
  if (id === undefined || type === undefined) throw unexpected();
  const known = defined({
    id,
    name: string(created, "name") ?? "",
    type,
    uuid: string(created, "uuid"),
    kernel: string(built, "kernel"),
    ramdisk: string(built, "ramdisk"),
    cmdline: string(built, "cmdline"),
    maxVcpus: number(built, "max_vcpus"),
    maxMemoryMb: megabytes(number(built, "max_memkb")),
    memoryMb: megabytes(number(built, "target_memkb")),
    nics: items(config, "nics").map((nic) =>
      defined({
        devid: number(nic, "devid") ?? 0,
        mac: string(nic, "mac"),
        bridge: string(nic, "bridge"),
        ip: string(nic, "ip"),
        mtu: number(nic, "mtu"),
      }),
    ),
    disks: items(config, "disks").map((disk) =>
      defined({
        vdev: string(disk, "vdev") ?? "",
        target: string(disk, "pdev_path"),
        format: string(disk, "format"),
        readOnly: number(disk, "readwrite") !== 1,
      }),
    ),
  });
  return { ...known, raw };
}

type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function part(value: unknown, name: string): unknown {
  return member(value, name) ?? {};
}

function items(value: unknown, name: string): unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function string(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" ? found : undefined;
}

function number(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  return typeof found === "number" ? found : undefined;
}

function megabytes(kilobytes: number | undefined): number | undefined {
  return kilobytes === undefined ? undefined : kilobytes / 1024;
}

function unexpected(cause?: unknown): MirageError {
  return new MirageError("ERR_MIRAGE_XL_OUTPUT", "`xl list -l` did not print what was expected", {
    cause,
    hint: 'set `output_format = "json"` in /etc/xen/xl.conf, and check the version of Xen',
  });
}
