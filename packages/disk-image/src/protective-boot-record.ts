import { sectorSize } from "./units.js";

const diskSignatureOffset = 0x1b8;
const tableOffset = 0x1be;
/** A disk with a GUID partition table: its only partition, for those who do not know such tables. */
const protectedType = 0xee;
/** The second sector, and beyond what the old geometry can express. */
const start = [0x00, 0x02, 0x00];
const end = [0xff, 0xff, 0xff];
const largest = 0xffff_ffff;

/**
 * The master boot record of a disk of `sectors` with a GUID partition table, with `code` for the BIOS.
 * Layout: UEFI Specification 2.10, section 5.2.3 ("Protective MBR").
 */
export function protectiveBootRecord(code: Uint8Array, sectors: number): Buffer {
  const record = Buffer.alloc(sectorSize);
  record.set(code.subarray(0, diskSignatureOffset));
  const entry = record.subarray(tableOffset);
  entry.set(start, 1);
  entry[4] = protectedType;
  entry.set(end, 5);
  entry.writeUInt32LE(1, 8);
  entry.writeUInt32LE(Math.min(sectors - 1, largest), 12);
  record.writeUInt16LE(0xaa55, sectorSize - 2);
  return record;
}
