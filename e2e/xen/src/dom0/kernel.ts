import { execFileSync } from "node:child_process";
import { type Apt, dependenciesOf, ownApt } from "./debian.js";

/** The package with the kernel for which `meta` stands: it has a new name in every version. */
export function kernelPackage(meta: string, apt: Apt = ownApt): string {
  const kernel = dependenciesOf(meta, apt).find((name) => name.startsWith("linux-image-"));
  if (kernel === undefined) throw new Error(`${meta} depends on no kernel`);
  return kernel;
}

/**
 * The kernel proper out of a bzImage, where it lies compressed: Xen would take seconds of emulated
 * time to decompress it at every boot. The header's fields: Documentation/arch/x86/boot.rst.
 */
export function uncompressedKernel(bzImage: Buffer): Buffer {
  const setupSectors = bzImage[0x1f1] || 4;
  const offset = bzImage.readUInt32LE(0x248);
  const length = bzImage.readUInt32LE(0x24c);
  const start = (setupSectors + 1) * 512 + offset;
  const payload = bzImage.subarray(start, start + length);
  if (payload.toString("latin1", 0, 6) !== "\xfd7zXZ\0") {
    throw new Error(
      "Debian's kernel is no longer compressed with xz: teach the rig the new format",
    );
  }
  // The uncompressed size follows the stream.
  const command = ["--decompress", "--stdout", "--single-stream"];
  return execFileSync("xz", command, { input: payload, maxBuffer: 1 << 28 });
}
