import { type Diagnostic, quote } from "@mirage/diagnostics";
import type { Block, Filesystem, NamedFiles } from "./configuration.js";
import { systemAnchors } from "./name-service.js";
import { isWithin } from "./outside-links.js";
import { resolvePath } from "./resolve-path.js";

/** What lies at a path. */
export interface Found {
  readonly kind: "file" | "folder" | "block device" | "other";
  /** What tells it from any other file or block device, whatever its path. */
  readonly identity: string;
  /** Octets of a file. */
  readonly size: number;
}

/** What lies at a path; `undefined` if there is nothing. Symbolic links are followed. */
export type Stat = (path: string) => Promise<Found | undefined>;

/** Octets that are read and written at once: those of `V1.BLOCK` on every target. */
const sectorSize = 512;

/** The checks that need the file system: what `fs-*` and `block-*` name. */
export async function checkFiles(named: NamedFiles, stat: Stat): Promise<Diagnostic[]> {
  const checks = [
    ...named.filesystems.map((filesystem) => checkFolder(filesystem, named, stat)),
    ...named.blocks.map((block) => checkImage(block, named, stat)),
    checkAnchors(named, stat),
  ];
  const found = (await Promise.all(checks)).filter((diagnostic) => diagnostic !== undefined);
  return [...found, ...(await checkShared(named, stat))];
}

/** A disk has one writer: two devices on one image would destroy each other's data. */
async function checkShared(named: NamedFiles, stat: Stat): Promise<Diagnostic[]> {
  const firsts = new Map<string, Block>();
  const diagnostics: Diagnostic[] = [];
  for (const block of named.blocks) {
    const { name, path } = block;
    const image = resolvePath(named, path.value);
    const identity = (await stat(image))?.identity ?? image;
    const first = firsts.get(identity);
    if (first === undefined) {
      firsts.set(identity, block);
      continue;
    }
    const same = first.path.value === path.value ? "" : `, by the name ${quote(first.path.value)}`;
    diagnostics.push({
      code: "ERR_MIRAGE_CONF_SHARED_DEVICE",
      severity: "error",
      message: `\`block-${first.name}\` is the disk image ${quote(path.value)} already${same}`,
      hint: `give \`block-${name}\` an image of its own`,
      span: path.span,
    });
  }
  return diagnostics;
}

async function checkFolder(
  { name, path }: Filesystem,
  named: NamedFiles,
  stat: Stat,
): Promise<Diagnostic | undefined> {
  const folder = resolvePath(named, path.value);
  const found = await stat(folder);
  const common = { severity: "error", span: path.span } as const;
  if (found === undefined) {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_NO_FOLDER",
      message: `the folder ${quote(path.value)} does not exist`,
      hint: `create ${folder}, or correct the path: it starts at the folder of this file`,
    };
  }
  if (found.kind !== "folder") {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_NO_FOLDER",
      message: `${quote(path.value)} is not a folder`,
      hint: `\`fs-${name}\` takes a folder, all of whose files become a part of the program`,
    };
  }
  if (isWithin(folder, resolvePath(named, "."))) {
    return {
      ...common,
      code: "ERR_MIRAGE_CONF_FOLDER_HOLDS_ITSELF",
      message: `${quote(path.value)} contains the application itself, so each build would contain the last one`,
      hint: "put the files in a folder of their own",
    };
  }
  return undefined;
}

/** All certificates of a distribution take some 200 KiB. */
const mostAnchors = 4 << 20;

async function checkAnchors(named: NamedFiles, stat: Stat): Promise<Diagnostic | undefined> {
  const { anchors } = named;
  if (!anchors) return undefined;
  const path = resolvePath(named, anchors.value);
  const found = await stat(path);
  if (found?.kind === "file" && found.size <= mostAnchors) return undefined;
  return {
    code: "ERR_MIRAGE_CONF_ANCHORS",
    severity: "error",
    message:
      found === undefined
        ? `the certificates to trust are missing: there is no ${path}`
        : `${quote(anchors.value)} is no file of certificates`,
    hint:
      anchors.value === systemAnchors
        ? "install ca-certificates, or name a file of certificates in PEM with `https-anchors`"
        : "name a file of certificates in PEM, of at most 4 MiB",
    span: anchors.span,
  };
}

async function checkImage(
  { path }: Block,
  named: NamedFiles,
  stat: Stat,
): Promise<Diagnostic | undefined> {
  const image = resolvePath(named, path.value);
  const found = await stat(image);
  if (found?.kind === "folder" || found?.kind === "other") {
    const what = found.kind === "folder" ? "a folder" : "a character device, a pipe or a socket";
    return {
      code: "ERR_MIRAGE_CONF_NO_IMAGE",
      severity: "error",
      message: `${quote(path.value)} is ${what}, not a disk image`,
      hint: "name a file or a block device",
      span: path.span,
    };
  }
  if (found !== undefined) return checkSize(path, found);
  return {
    code: "ERR_MIRAGE_CONF_NO_IMAGE",
    severity: "warning",
    message: `the disk image ${quote(path.value)} does not exist yet`,
    hint: `create it before the first run, such as with \`truncate --size 16M ${path.value}\``,
    span: path.span,
  };
}

function checkSize({ value, span }: Block["path"], { kind, size }: Found): Diagnostic | undefined {
  const rest = size % sectorSize;
  if (kind !== "file" || (size > 0 && rest === 0)) return undefined;
  return {
    code: "ERR_MIRAGE_CONF_IMAGE_SIZE",
    severity: "warning",
    message:
      size === 0
        ? `the disk image ${quote(value)} is empty, so no program can use it`
        : `the disk image ${quote(value)} has ${size} bytes, which is not a whole number of ${sectorSize}-byte sectors, so no program can use it`,
    hint: `give it a size, such as with \`truncate --size ${size === 0 ? "16M" : size - rest + sectorSize} ${value}\``,
    span,
  };
}
