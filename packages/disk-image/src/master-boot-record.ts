import { sectorSize } from "./units.js";

/** A partition, in sectors of 512 bytes. */
export interface Partition {
  readonly start: number;
  readonly sectors: number;
  /** The system that owns it, such as 0x0e: FAT16, by LBA. */
  readonly type: number;
}

const diskSignatureOffset = 0x1b8;
const tableOffset = 0x1be;
const entrySize = 16;
const entries = 4;
const active = 0x80;
/** The largest address that the old geometry can express: "see the LBA fields". */
const beyondGeometry = [0xfe, 0xff, 0xff];

/**
 * A master boot record: `code` with the disk's signature, and a table of one active partition.
 * Layout: UEFI Specification 2.10, section 5.2.1 ("Legacy Master Boot Record").
 */
export function masterBootRecord(
  code: Uint8Array,
  partition: Partition,
  diskSignature: number,
): Buffer {
  const record = Buffer.alloc(sectorSize);
  record.set(code.subarray(0, diskSignatureOffset));
  record.writeUInt32LE(diskSignature, diskSignatureOffset);
  const entry = Buffer.alloc(entrySize * entries);
  entry[0] = active;
  entry.set(beyondGeometry, 1);
  entry[4] = partition.type;
  entry.set(beyondGeometry, 5);
  entry.writeUInt32LE(partition.start, 8);
  entry.writeUInt32LE(partition.sectors, 12);
  record.set(entry, tableOffset);
  record.writeUInt16LE(0xaa55, sectorSize - 2);
  return record;
}
