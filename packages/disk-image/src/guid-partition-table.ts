import { crc32 } from "node:zlib";
import { bytesAt, type Extent } from "./extent.js";
import { sectorSize } from "./units.js";

/** A partition, in sectors of 512 bytes. */
export interface Partition {
  readonly start: number;
  readonly sectors: number;
  /** What it is for, as a GUID. */
  readonly type: string;
  /** Its own GUID. */
  readonly id: string;
  /** At most 36 characters. */
  readonly name: string;
}

/** What a boot loader's files are on, for UEFI: section 5.3.3. */
export const efiSystemPartition = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
/** What GRUB has its core image in, for the BIOS: grub-install's manual, "BIOS installation". */
export const biosBootPartition = "21686148-6449-6e6f-744e-656564454649";

const entries = 128;
const entrySize = 128;
const headerSize = 92;
const tableSectors = (entries * entrySize) / sectorSize;
/** A master boot record, a header and the table come before the first partition. */
export const firstUsableSector = 2 + tableSectors;
/** The table's copy and its header, at the end of the disk. */
export const sectorsBehind = tableSectors + 1;

/**
 * A GUID partition table and its copy at the end of a disk of `sectors`, without the master boot record.
 * Layout: UEFI Specification 2.10, section 5.3.
 */
export function guidPartitionTable(
  disk: { readonly id: string; readonly sectors: number },
  partitions: readonly Partition[],
): Extent[] {
  const table = Buffer.alloc(entries * entrySize);
  for (const [index, partition] of partitions.entries()) {
    writeEntry(table.subarray(index * entrySize), partition);
  }
  const last = disk.sectors - 1;
  const header = (own: number, other: number, tableStart: number) => {
    const sector = Buffer.alloc(sectorSize);
    sector.write("EFI PART", 0, "latin1");
    sector.writeUInt32LE(0x1_0000, 8); // revision 1.0
    sector.writeUInt32LE(headerSize, 12);
    sector.writeBigUInt64LE(BigInt(own), 24);
    sector.writeBigUInt64LE(BigInt(other), 32);
    sector.writeBigUInt64LE(BigInt(firstUsableSector), 40);
    sector.writeBigUInt64LE(BigInt(last - sectorsBehind), 48);
    sector.set(guidBytes(disk.id), 56);
    sector.writeBigUInt64LE(BigInt(tableStart), 72);
    sector.writeUInt32LE(entries, 80);
    sector.writeUInt32LE(entrySize, 84);
    sector.writeUInt32LE(crc32(table), 88);
    sector.writeUInt32LE(crc32(sector.subarray(0, headerSize)), 16); // of itself with zeros here
    return sector;
  };
  const copy = last - tableSectors;
  return [
    bytesAt(sectorSize, header(1, last, 2)),
    bytesAt(2 * sectorSize, table),
    bytesAt(copy * sectorSize, table),
    bytesAt(last * sectorSize, header(last, 1, copy)),
  ];
}

function writeEntry(entry: Buffer, { start, sectors, type, id, name }: Partition): void {
  entry.set(guidBytes(type), 0);
  entry.set(guidBytes(id), 16);
  entry.writeBigUInt64LE(BigInt(start), 32);
  entry.writeBigUInt64LE(BigInt(start + sectors - 1), 40);
  entry.write(name, 56, "utf16le");
}

/** Appendix A: the first three parts have their lowest byte first. */
function guidBytes(guid: string): Buffer {
  const [first = "", second = "", third = "", ...rest] = guid.split("-");
  const swapped = [first, second, third].map((part) => Buffer.from(part, "hex").reverse());
  return Buffer.concat([...swapped, Buffer.from(rest.join(""), "hex")]);
}
