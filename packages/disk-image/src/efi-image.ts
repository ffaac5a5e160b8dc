/** Where an image of Linux's form for 64-bit Arm has its magic, and where UEFI's header begins. */
const magicOffset = 56;
const headerPointer = 60;
const fileHeaderSize = 24;
const sectionSize = 40;

/**
 * Whether a kernel's first bytes are those of an image for 64-bit Arm that is also a program of UEFI.
 * Sources: Documentation/arch/arm64/booting.rst of Linux; PE Format (Microsoft).
 */
export function isArm64EfiImage(head: Buffer): boolean {
  return (
    head.length > headerPointer + 4 &&
    head.toString("latin1", 0, 2) === "MZ" &&
    head.toString("latin1", magicOffset, magicOffset + 4) === "ARM\x64"
  );
}

/** The bytes that such an image has at least, by the sections that its head tells of. */
export function leastEfiImageSize(head: Buffer): number {
  const header = head.readUInt32LE(headerPointer);
  if (header + fileHeaderSize > head.length) return header + fileHeaderSize;
  const start = header + fileHeaderSize + head.readUInt16LE(header + 20);
  const end = start + head.readUInt16LE(header + 6) * sectionSize;
  if (end > head.length) return end;
  let least = end;
  for (let at = start; at < end; at += sectionSize) {
    least = Math.max(least, head.readUInt32LE(at + 16) + head.readUInt32LE(at + 20));
  }
  return least;
}
