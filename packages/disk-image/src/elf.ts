const magic = 0x7f454c46;
const class64 = 2;
const headerSize = 64;
const programHeaderSize = 56;

/**
 * The bytes that a 64-bit ELF file has at least, by the segments that its head tells of; 0 for other
 * files. Source: elf(5).
 */
export function leastElfSize(head: Buffer): number {
  if (head.length < headerSize || head.readUInt32BE(0) !== magic || head[4] !== class64) return 0;
  const start = Number(head.readBigUInt64LE(32));
  const count = head.readUInt16LE(56);
  const end = start + count * programHeaderSize;
  if (end > head.length) return end;
  let least = end;
  for (let at = start; at < end; at += programHeaderSize) {
    const offset = Number(head.readBigUInt64LE(at + 8));
    const size = Number(head.readBigUInt64LE(at + 32));
    least = Math.max(least, offset + size);
  }
  return least;
}
