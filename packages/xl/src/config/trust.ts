import { type Diagnostic, MirageError, quote } from "@mirage/diagnostics";
import type { XlConfig, XlEntry, XlValue } from "./config.js";
import { parseDisk } from "./disk.js";
import { xlKeys } from "./keys.js";
import { parseVif } from "./vif.js";

export interface TrustOptions {
  /** Paths outside of the application's folder that somebody else vouches for, as they are written. */
  readonly paths?: ReadonlySet<string>;
}

/** What is wrong with a value, or nothing. */
type Reason = string | undefined;

type Check = (value: XlValue, options: TrustOptions) => readonly Reason[];

/**
 * xl runs as root, and what it does for a file goes far beyond a guest: it runs the programs that the
 * file names (`bootloader`, `script=` of an interface or a disk, `device_model_override`), with
 * arguments of the file's, and opens the host's files and devices. These keys do none of it, or not
 * with the values that are let through; xl.cfg(5). Whatever is not in this list is not known to be
 * harmless: a key that is added to `xlKeys` is not trusted before somebody has looked at it.
 */
const harmless: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...`uuid type pool cmdline root extra cpus cpus_soft cpuid memory maxmem vcpus maxvcpus cpu_weight cap
    on_poweroff on_reboot on_watchdog on_crash on_soft_reset nomigrate max_grant_frames
    max_maptrack_frames max_grant_version max_event_channels tsc_mode timer_mode localtime
    rtc_timeoffset vpt_align shadow_memory boot hap pae acpi acpi_s3 acpi_s4 acpi_laptop_slate apic nx
    hpet nestedhvm viridian vpmu altp2m`
    .split(/\s+/)
    .map((key): [string, Check] => [key, () => []]),
  ["name", (value) => [plainText(value, /^[\w.+-]+$/, "the name of xl's log file")]],
  ["kernel", (value, options) => [ownPath(text(value), options)]],
  ["ramdisk", (value, options) => [ownPath(text(value), options)]],
  ["vif", (value) => eachItem(value, checkVif)],
  ["disk", (value, options) => eachItem(value, (item) => checkDisk(item, options))],
]);

/**
 * The entries by which a file from somebody else would have xl, which is root, run programs or use
 * files of the host's: an error each. Paths count as the file's own if they lead down from its folder.
 */
export function untrusted(config: XlConfig, options: TrustOptions = {}): Diagnostic[] {
  return config.entries.flatMap((entry) => {
    if (!xlKeys.has(entry.key)) return []; // xl ignores it: `checkXlConfig` warns of that
    const check = harmless.get(entry.key);
    if (!check) {
      return [diagnostic(entry, "it is not among the keys that are known to be harmless")];
    }
    if (entry.operator === "+=" && entry.value.kind !== "list") {
      return [diagnostic(entry, "it is put together of parts")];
    }
    return check(entry.value, options)
      .filter((reason) => reason !== undefined)
      .map((reason) => diagnostic(entry, reason));
  });
}

function diagnostic({ key, keySpan }: XlEntry, reason: string): Diagnostic {
  return {
    code: "ERR_MIRAGE_XL_UNTRUSTED",
    message: `xl would act on ${quote(key)} as root: ${reason}`,
    hint: "remove it, or if you know what it does, allow it with `--trust-xl`",
    severity: "error",
    ...(keySpan ? { span: keySpan } : {}),
  };
}

function checkVif(item: string): readonly Reason[] {
  const { other = {}, script, backend, gatewaydev, bridge, vifname, ip, model } = parseVif(item);
  return [
    script === undefined ? undefined : `the script ${quote(script)} would be run`,
    backend === undefined ? undefined : `the domain ${quote(backend)} would serve it`,
    gatewaydev === undefined ? undefined : `it sets the route to ${quote(gatewaydev)}`,
    word("bridge", bridge, /^[\w.-]{1,15}$/),
    word("vifname", vifname, /^[\w.-]{1,15}$/),
    word("ip", ip, /^[\da-fA-F.:/ ]+$/),
    word("model", model, /^[\w-]+$/),
    ...Object.keys(other).map((name) => `${quote(name)} is not known to be harmless`),
  ];
}

function checkDisk(item: string, options: TrustOptions): readonly Reason[] {
  const {
    other = {},
    script,
    backend,
    backendtype,
    specification,
    format,
    target,
  } = parseDisk(item);
  return [
    script === undefined ? undefined : `the script ${quote(script)} would be run`,
    backend === undefined ? undefined : `the domain ${quote(backend)} would serve it`,
    backendtype === "standalone" ? "a program that it names would serve it" : undefined,
    specification === "virtio" ? "a program of the host would serve it" : undefined,
    // The header of such an image can name another file, which is read as root.
    format === undefined || format === "raw" ? undefined : `a ${format} image can name other files`,
    target === undefined ? undefined : ownPath(target, options),
    ...Object.keys(other).map((name) => `${quote(name)} is not known to be harmless`),
  ];
}

/** A path that leads down from the folder of the file, by its words. */
function ownPath(path: string, { paths }: TrustOptions): Reason {
  const isOwn = !path.startsWith("/") && !path.split("/").includes("..");
  if (isOwn || paths?.has(path)) return undefined;
  return `${quote(path)} lies outside of the application's folder`;
}

function word(name: string, value: string | undefined, allowed: RegExp): Reason {
  if (value === undefined || allowed.test(value)) return undefined;
  return `${quote(`${name}=${value}`)} would be told to scripts`;
}

function plainText(value: XlValue, allowed: RegExp, becomes: string): Reason {
  return allowed.test(text(value)) ? undefined : `${quote(text(value))} becomes ${becomes}`;
}

function text(value: XlValue): string {
  return value.kind === "list" ? "" : String(value.value);
}

/** What cannot be read here could be something to xl. */
function eachItem(value: XlValue, check: (item: string) => readonly Reason[]): readonly Reason[] {
  if (value.kind !== "list") return ["it is not a list"];
  return value.items.flatMap((item) => {
    try {
      return check(text(item));
    } catch (error) {
      if (error instanceof MirageError) return [error.message];
      throw error;
    }
  });
}
