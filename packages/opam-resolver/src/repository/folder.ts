import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import type { Stamp } from "../store/builder.js";
import { splitPackage } from "./package-path.js";

/** An opam file of a repository's folder. */
export interface FolderFile {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** What is known of a folder once all its files are listed. */
export interface FolderListing {
  /** By name: the time of the last change of the folder that holds its versions. */
  readonly nameStamps: ReadonlyMap<string, number>;
  /** Whether all packages are at `packages/NAME/NAME.VERSION/opam`. */
  readonly regular: boolean;
}

const maxDepth = 5;

/** The entries of a repository's folder of packages, mostly their names. */
export function listEntries(root: string): string[] {
  return readdirSync(packagesFolder(root)).sort();
}

/** Lists the opam files of a repository, or those below the given entries, one name after the other. */
export function* listFolder(
  root: string,
  entries: Iterable<string> = listEntries(root),
): Generator<FolderFile, FolderListing> {
  const nameStamps = new Map<string, number>();
  let regular = true;
  let found: FolderFile[] = [];
  function visit(folder: string, entry: string, parent: string, depth: number): void {
    const path = `${folder}/${entry}`;
    if (depth === 1 && entry.startsWith(parent) && entry[parent.length] === ".") {
      const version = entry.slice(parent.length + 1);
      found.push({ name: parent, version, path: `${path}/opam` });
      return;
    }
    const pkg = splitPackage(entry);
    if (pkg !== undefined && isFile(`${path}/opam`)) {
      regular = false;
      found.push({ ...pkg, path: `${path}/opam` });
    } else if (depth < maxDepth) {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isDirectory()) return;
      if (depth === 0) nameStamps.set(entry, stat.ctimeMs);
      for (const below of readdirSync(path).sort()) visit(path, below, entry, depth + 1);
    }
  }
  for (const entry of entries) {
    found = [];
    visit(packagesFolder(root), entry, "", 0);
    yield* found;
  }
  return { nameStamps, regular };
}

export function packagesFolder(root: string): string {
  return `${root}/packages`;
}

/** The file of a package in a regular folder. */
export function regularPath(root: string, name: string, version: string): string {
  return `${packagesFolder(root)}/${name}/${name}.${version}/opam`;
}

/** What tells that a file changed; undefined if there is none. */
export function fileStamp(path: string): Stamp | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && [stat.ctimeMs, stat.size];
}

/** Room for what is read, used again for each file. */
let room = Buffer.allocUnsafe(1 << 16);

/** A file's content, valid until the next call, with its stamp; undefined if it can't be read. */
export function readStamped(path: string): { content: Buffer; stamp: Stamp } | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const { ctimeMs, size } = fstatSync(fd);
    if (size > room.length) room = Buffer.allocUnsafe(size);
    let end = 0;
    for (let read = -1; end < size && read !== 0; end += read) {
      read = readSync(fd, room, end, size - end, null);
    }
    return { content: room.subarray(0, end), stamp: [ctimeMs, size] };
  } finally {
    closeSync(fd);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
