/** "the OS image must contain an additional header … within the first 32768 bytes" */
export const searchedBytes = 32_768;
const magic = 0xe85250d6;
const fixedSize = 16;
const alignment = 8;

/**
 * Whether a kernel's first bytes have a valid Multiboot2 header for 32-bit protected mode of i386.
 * Source: Multiboot2 Specification 2.0, section 3.1.
 */
export function hasMultiboot2Header(start: Uint8Array): boolean {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const end = Math.min(bytes.length, searchedBytes);
  for (let at = 0; at + fixedSize <= end; at += alignment) {
    if (bytes.readUInt32LE(at) !== magic) continue;
    const architecture = bytes.readUInt32LE(at + 4);
    const length = bytes.readUInt32LE(at + 8);
    const sum = magic + architecture + length + bytes.readUInt32LE(at + 12);
    if (architecture === 0 && sum % 2 ** 32 === 0 && at + length <= end) return true;
  }
  return false;
}
