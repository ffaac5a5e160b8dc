import { didYouMean, type ErrorCode, MirageError } from "@mirage/diagnostics";
import { checkPart, readChoice } from "./specification.js";

const formats = ["raw", "qcow", "qcow2", "vhd", "qed"] as const;
const backendtypes = ["phy", "qdisk", "standalone"] as const;
const specifications = ["xen", "virtio"] as const;

/** A disk of a guest: one string of the `disk` list, xl-disk-configuration(5). */
export interface Disk {
  /** Device of the guest, such as `xvda`; xen-vbd-interface(7). */
  readonly vdev: string;
  /** Block device or image file of the host; only a CD-ROM drive may be empty. */
  readonly target?: string;
  /** Of the image; without it, raw. */
  readonly format?: (typeof formats)[number];
  /** Without it, a disk can be written, a CD-ROM only read. */
  readonly access?: "ro" | "rw";
  readonly cdrom?: boolean;
  /** Domain that has the disk; without it, domain 0. */
  readonly backend?: string;
  /** Which program of the host serves the disk; without it, xl chooses. */
  readonly backendtype?: (typeof backendtypes)[number];
  /** Program that makes sense of the target. */
  readonly script?: string;
  readonly directIoSafe?: boolean;
  /** Whether the guest may punch holes. */
  readonly discard?: boolean;
  /** Whether the guest should trust the host's side. */
  readonly trusted?: boolean;
  readonly specification?: (typeof specifications)[number];
  /** The `colo` parameters, and `grant_usage`. */
  readonly other?: Readonly<Record<string, string>>;
}

const code: ErrorCode = "ERR_MIRAGE_XL_DISK";

type Draft = { -readonly [Key in keyof Disk]: Disk[Key] };

const flags: Readonly<Record<string, Partial<Disk>>> = {
  cdrom: { cdrom: true },
  "direct-io-safe": { directIoSafe: true },
  discard: { discard: true },
  "no-discard": { discard: false },
  trusted: { trusted: true },
  untrusted: { trusted: false },
  colo: { other: { colo: "" } },
  "no-colo": { other: { "no-colo": "" } },
};

const otherKeys = [
  "colo-host",
  "colo-port",
  "colo-export",
  "active-disk",
  "hidden-disk",
  "grant_usage",
];

const namedKeys = [
  "target",
  "format",
  "vdev",
  "access",
  "devtype",
  "backend",
  "backendtype",
  "script",
  "specification",
];

/**
 * Reads a string of the `disk` list, in any of its forms: parameters by name or by place, and the
 * old prefixes (`phy:`, `file:`, `qcow2:`, …) and `vdev:cdrom`.
 * @throws MirageError `ERR_MIRAGE_XL_DISK`
 */
export function parseDisk(text: string): Disk {
  const reader = new DiskReader();
  let rest = text;
  while (true) {
    rest = rest.replace(/^[ \t\n]+/, "");
    if (rest === "") return reader.finish(text);
    const target = /^target=(.*?),?$/s.exec(rest);
    if (target) {
      reader.named("target", target[1] ?? "");
      return reader.finish(text);
    }
    rest = rest.slice(reader.parameter(rest));
  }
}

class DiskReader {
  readonly #disk: Partial<Draft> = {};
  /** Whether a part by place may still be the format. */
  #takesFormat = true;
  #emptyTarget = false;

  /** Reads one parameter, and says how long it is with its comma. */
  parameter(rest: string): number {
    const prefix = /^([a-z][a-z0-9]*):/.exec(rest);
    if (prefix && this.#prefix(prefix[1] ?? "", rest.slice(prefix[0].length))) {
      return prefix[0].length;
    }
    const part = /^[^,]*/.exec(rest)?.[0] ?? "";
    const flag = flags[part];
    const name = /^([a-z][-_a-z0-9]*)=/.exec(part);
    if (flag) this.#set(flag);
    else if (name) this.named(name[1] ?? "", part.slice(name[0].length));
    else if (part.includes("=")) throw invalid(`\`${part}\` is not a parameter of a disk`);
    else this.#positional(part);
    return part.length + 1;
  }

  named(name: string, value: string): void {
    switch (name) {
      case "target":
      case "vdev":
      case "backend":
      case "script":
        this.#text(name, value);
        break;
      case "format":
        this.#disk.format = readChoice(code, "`format`", value || "raw", formats);
        break;
      case "access":
        this.#access(value);
        break;
      case "devtype":
        this.#set({ cdrom: readChoice(code, "`devtype`", value, ["cdrom", "disk"]) === "cdrom" });
        break;
      case "backendtype":
        this.#disk.backendtype = readChoice(code, "`backendtype`", value, backendtypes);
        break;
      case "specification":
        this.#disk.specification = readChoice(code, "`specification`", value, specifications);
        break;
      default:
        if (!otherKeys.includes(name)) {
          const nearest = didYouMean(name, [...namedKeys, ...otherKeys]);
          throw invalid(
            `\`${name}\` is not a parameter of a disk`,
            nearest && `did you mean \`${nearest}\`?`,
          );
        }
        this.#set({ other: { [name]: value } });
    }
  }

  finish(text: string): Disk {
    const { vdev, target, cdrom, ...rest } = this.#disk;
    if (vdev === undefined || vdev === "") {
      throw invalid(
        `\`${text}\` names no device of the guest`,
        "add one, such as `vdev=xvda`, or as the third part",
      );
    }
    if (target === undefined && !this.#emptyTarget && cdrom !== true) {
      throw invalid(`\`${text}\` names no image or block device`, "add `target=` and its path");
    }
    return {
      vdev,
      ...(target === undefined ? {} : { target }),
      ...(cdrom ? { cdrom } : {}),
      ...rest,
    };
  }

  /** The old prefixes; false for what is none. */
  #prefix(name: string, behind: string): boolean {
    if (/^(?:raw|qcow2?|vhd)$/.test(name)) this.named("format", name);
    else if (/^(?:iscsi|e?nbd|drbd)$/.test(name)) this.#text("script", `block-${name}`);
    else if (!/^(?:tapdisk|tap2?|aio|ioemu|file|phy)$/.test(name)) {
      if (/^[a-z0-9]/.test(behind)) return false;
      throw invalid(`\`${name}:\` is not a prefix that xl knows`, "write the path without it");
    }
    this.#takesFormat = false;
    return true;
  }

  #positional(value: string): void {
    const disk = this.#disk;
    if (disk.target === undefined && !this.#emptyTarget) this.#text("target", value);
    else if (this.#takesFormat && disk.format === undefined) {
      this.#takesFormat = false;
      if (this.#emptyTarget && value.includes(":")) this.#device(value);
      else this.named("format", value);
    } else if (disk.vdev === undefined) this.#device(value);
    else if (disk.access === undefined) this.#access(value);
    else throw invalid(`\`${value}\` is one part too many`);
  }

  #device(value: string): void {
    const colon = value.lastIndexOf(":");
    this.#text("vdev", colon === -1 ? value : value.slice(0, colon));
    if (colon !== -1) this.named("devtype", value.slice(colon + 1));
  }

  #access(value: string): void {
    const access = readChoice(code, "`access`", value || "rw", ["ro", "r", "rw", "w"]);
    this.#disk.access = access.startsWith("r") && access !== "rw" ? "ro" : "rw";
  }

  #text(name: "target" | "vdev" | "backend" | "script", value: string): void {
    if (this.#disk[name]) throw invalid(`the disk has two values for \`${name}\``);
    if (value !== "") this.#disk[name] = value;
    else if (name === "target") this.#emptyTarget = true;
  }

  #set(values: Partial<Disk>): void {
    const { other, ...rest } = values;
    Object.assign(this.#disk, rest);
    if (other) this.#disk.other = { ...this.#disk.other, ...other };
  }
}

/**
 * A string for the `disk` list, which reads back as the same.
 * @throws MirageError `ERR_MIRAGE_XL_DISK` for a value that cannot be written
 */
export function printDisk(disk: Disk): string {
  const parts: [string, string | undefined][] = [
    ["format", disk.format],
    ["vdev", disk.vdev],
    ["access", disk.access],
    ["devtype", disk.cdrom ? "cdrom" : undefined],
    ["backend", disk.backend],
    ["backendtype", disk.backendtype],
    ["script", disk.script],
    ["specification", disk.specification],
  ];
  const written = parts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${checkPart(code, `\`${name}\``, value)}`],
  );
  const set = Object.entries(flags).flatMap(([flag, { other, cdrom, ...meaning }]) =>
    Object.entries(meaning).some(([key, value]) => disk[key as keyof Disk] === value) ? [flag] : [],
  );
  const others = Object.entries(disk.other ?? {}).map(([name, value]) =>
    name in flags ? name : `${name}=${checkPart(code, `\`${name}\``, value)}`,
  );
  return [...written, ...set, ...others, ...printTarget(disk.target)].join(",");
}

/** It comes last, as it takes the rest of the string, less one comma at the end. */
function printTarget(target: string | undefined): string[] {
  if (target === undefined) return [];
  if (/[\n\0]|^$/.test(target)) {
    throw invalid("the target of a disk cannot be empty or contain a line end");
  }
  return [`target=${target}${target.endsWith(",") ? "," : ""}`];
}

function invalid(message: string, hint = "xl-disk-configuration(5) tells what a disk has") {
  return new MirageError(code, message, { hint });
}
