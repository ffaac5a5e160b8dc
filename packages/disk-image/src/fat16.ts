import { bytesAt, type Content, type Extent } from "./extent.js";
import { KiB, MiB, roundUp, sectorSize } from "./units.js";

/** A file; its folders are made. */
export interface FatFile {
  /**
   * Names with slashes between them, such as `efi/boot/x.cfg`; each in lower case, at most 8 letters and
   * digits, then perhaps a dot and at most 3 more.
   */
  readonly path: string;
  /** In bytes, more than 0. */
  readonly size: number;
  readonly content: Content;
}

/** Where a file system begins, and what it is called. */
export interface FatVolume {
  /** The partition's first sector. */
  readonly start: number;
  /** At most 11 capital letters. */
  readonly label: string;
  readonly serialNumber: number;
}

/** A file system: its length, and the parts of it that aren't zero. */
export interface FatImage {
  /** A whole number of MiB. */
  readonly sectors: number;
  readonly extents: readonly Extent[];
}

/** FAT specification 1.03, "FAT Type Determination"; some distance is kept from both borders. */
const fewestClusters = 4085 + 16;
const mostClusters = 65_525 - 16;
const largestCluster = 32 * KiB;
const reservedSectors = 1;
const tables = 2;
const rootEntries = 512;
const entrySize = 32;
const rootSectors = (rootEntries * entrySize) / sectorSize;
const media = 0xf8;
const endOfChain = 0xffff;
const firstCluster = 2;
/** What a folder's entry ".." has for the root directory, which has no cluster. */
const rootCluster = 0;

/** The most that the files of a volume can have in all, in bytes, a little less than 2 GiB. */
export const largestContent = (mostClusters - 64) * largestCluster;

interface Geometry {
  readonly sectors: number;
  readonly sectorsPerCluster: number;
  readonly tableSectors: number;
}

/** A folder, and what is in it by name. */
interface Folder {
  readonly entries: Map<string, Folder | FatFile>;
}

/**
 * A FAT16 file system with `files`, each in one piece, and as small as they allow. It carries no time:
 * all dates are the first that FAT can express, 1980-01-01.
 *
 * Layout: Microsoft's FAT specification 1.03 (2000). Their sizes must add up to no more than
 * `largestContent`.
 */
export function fat16(volume: FatVolume, files: readonly FatFile[]): FatImage {
  const tree = treeOf(files);
  const geometry = geometryFor(tree);
  const { sectors, sectorsPerCluster, tableSectors } = geometry;
  const clusterSize = sectorsPerCluster * sectorSize;
  const base = volume.start * sectorSize;
  const rootStart = base + (reservedSectors + tables * tableSectors) * sectorSize;
  const dataStart = rootStart + rootSectors * sectorSize;

  const chains: number[] = [0xff00 | media, endOfChain];
  const extents: Extent[] = [];
  /** Takes the next clusters for `size` bytes, and says where they begin. */
  const take = (size: number): { readonly cluster: number; readonly offset: number } => {
    const cluster = chains.length;
    const clusters = Math.ceil(size / clusterSize);
    for (let next = cluster + 1; next < cluster + clusters; next++) chains.push(next);
    chains.push(endOfChain);
    return { cluster, offset: dataStart + (cluster - firstCluster) * clusterSize };
  };
  /** Places what a folder has, and returns its entries. */
  const place = (folder: Folder, own: number): Buffer[] =>
    [...folder.entries].map(([name, entry]) => {
      if (!isFolder(entry)) {
        const { cluster, offset } = take(entry.size);
        extents.push({ offset, length: entry.size, content: entry.content });
        return fileEntry(name, cluster, entry.size);
      }
      const { cluster, offset } = take(folderSize(entry));
      const links = [folderEntry(".", cluster), folderEntry("..", own)];
      extents.push(bytesAt(offset, Buffer.concat([...links, ...place(entry, cluster)])));
      return folderEntry(name, cluster);
    });
  const root = Buffer.concat([labelEntry(volume.label), ...place(tree, rootCluster)]);

  const table = Buffer.from(Uint16Array.from(chains).buffer);
  const copies = Array.from({ length: tables }, (_, copy) =>
    bytesAt(base + (reservedSectors + copy * tableSectors) * sectorSize, table),
  );
  const head = bytesAt(base, bootSector(volume, geometry));
  return { sectors, extents: [head, ...copies, bytesAt(rootStart, root), ...extents] };
}

function isFolder(entry: Folder | FatFile): entry is Folder {
  return "entries" in entry;
}

function treeOf(files: readonly FatFile[]): Folder {
  const root: Folder = { entries: new Map() };
  for (const file of files) {
    const names = file.path.split("/");
    const last = names.pop() ?? "";
    let folder = root;
    for (const name of names) {
      const known = folder.entries.get(name);
      const next = known !== undefined && isFolder(known) ? known : { entries: new Map() };
      folder.entries.set(name, next);
      folder = next;
    }
    folder.entries.set(last, file);
  }
  return root;
}

/** In bytes; two entries are its links to itself and to the folder above. */
function folderSize({ entries }: Folder): number {
  return (entries.size + 2) * entrySize;
}

/** The sizes of all that takes clusters. */
function sizesIn({ entries }: Folder): number[] {
  return [...entries.values()].flatMap((entry) =>
    isFolder(entry) ? [folderSize(entry), ...sizesIn(entry)] : [entry.size],
  );
}

/** The smallest clusters with which it all fits. */
function geometryFor(tree: Folder): Geometry {
  const sizes = sizesIn(tree);
  for (let clusterSize = sectorSize; clusterSize <= largestCluster; clusterSize *= 2) {
    const used = sizes.reduce((sum, size) => sum + Math.ceil(size / clusterSize), 0);
    const wanted = Math.max(used, fewestClusters);
    const sectorsPerCluster = clusterSize / sectorSize;
    const overhead = reservedSectors + rootSectors + tables * tableSectorsOf(wanted);
    // One MiB more than what `wanted` takes has room for the longer table of its own clusters.
    const bytes = (overhead + wanted * sectorsPerCluster) * sectorSize;
    const sectors = roundUp(bytes + 4 * KiB, MiB) / sectorSize;
    const tableSectors = tableSectorsOf(Math.floor(sectors / sectorsPerCluster));
    const data = sectors - reservedSectors - rootSectors - tables * tableSectors;
    const clusters = Math.floor(data / sectorsPerCluster);
    if (clusters >= wanted && clusters <= mostClusters) {
      return { sectors, sectorsPerCluster, tableSectors };
    }
  }
  throw new RangeError("more than largestContent");
}

function tableSectorsOf(clusters: number): number {
  return Math.ceil(((clusters + firstCluster) * 2) / sectorSize);
}

function bootSector(volume: FatVolume, geometry: Geometry): Buffer {
  const { sectors, sectorsPerCluster, tableSectors } = geometry;
  const sector = Buffer.alloc(sectorSize);
  sector.set([0xeb, 0xfe, 0x90]); // a jump to itself: nothing boots from here
  sector.write("MIRAGE  ", 3, "latin1");
  sector.writeUInt16LE(sectorSize, 11);
  sector[13] = sectorsPerCluster;
  sector.writeUInt16LE(reservedSectors, 14);
  sector[16] = tables;
  sector.writeUInt16LE(rootEntries, 17);
  if (sectors < 0x1_0000) sector.writeUInt16LE(sectors, 19);
  else sector.writeUInt32LE(sectors, 32);
  sector[21] = media;
  sector.writeUInt16LE(tableSectors, 22);
  sector.writeUInt16LE(63, 24); // sectors a track, and heads, as BIOSes translate LBA
  sector.writeUInt16LE(255, 26);
  sector.writeUInt32LE(volume.start, 28);
  sector[36] = 0x80; // the BIOS's first disk
  sector[38] = 0x29; // the three fields that follow are there
  sector.writeUInt32LE(volume.serialNumber, 39);
  sector.write(volume.label.padEnd(11), 43, "latin1");
  sector.write("FAT16   ", 54, "latin1");
  sector.writeUInt16LE(0xaa55, sectorSize - 2);
  return sector;
}

const isLabel = 0x08;
const isDirectory = 0x10;
const isArchive = 0x20;
/** Windows NT's note that name and extension are in lower case, which Linux shows too. */
const isLowerCase = 0x18;
const firstDay = (1 << 5) | 1;

function labelEntry(label: string): Buffer {
  return directoryEntry(label.padEnd(11), isLabel, 0);
}

function fileEntry(name: string, cluster: number, size: number): Buffer {
  const [base = "", extension = ""] = name.toUpperCase().split(".");
  const entry = directoryEntry(base.padEnd(8) + extension.padEnd(3), isArchive, isLowerCase);
  entry.writeUInt16LE(cluster, 26);
  entry.writeUInt32LE(size, 28);
  return entry;
}

function folderEntry(name: string, cluster: number): Buffer {
  const flags = name.startsWith(".") ? 0 : isLowerCase;
  const entry = directoryEntry(name.toUpperCase().padEnd(11), isDirectory, flags);
  entry.writeUInt16LE(cluster, 26);
  return entry;
}

function directoryEntry(name: string, attributes: number, flags: number): Buffer {
  const entry = Buffer.alloc(entrySize);
  entry.write(name, 0, "latin1");
  entry[11] = attributes;
  entry[12] = flags;
  for (const offset of [16, 18, 24]) entry.writeUInt16LE(firstDay, offset);
  return entry;
}
