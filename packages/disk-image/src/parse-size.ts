import { MirageError } from "@mirage/diagnostics";

const units = ["", "K", "M", "G", "T"];

/**
 * A size as people write it, in bytes: `4194304`, `512K`, `64M`, `1G`, `1.5T`. Units are powers of
 * 1024, as in qemu-img(1).
 * @throws MirageError `ERR_MIRAGE_DISK_SIZE`
 */
export function parseSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * 1024 ** units.indexOf(unit.toUpperCase());
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new MirageError("ERR_MIRAGE_DISK_SIZE", `${JSON.stringify(text)} is not a disk size`, {
    hint: "write bytes, or a number with K, M, G or T: 64M",
    exitCode: 2,
  });
}

/** A size in the largest unit in which it is a whole number: `64M`. */
export function formatSize(bytes: number): string {
  const fits = (power: number) => bytes >= 1024 ** power && bytes % 1024 ** power === 0;
  const power = [4, 3, 2, 1].find(fits) ?? 0;
  return `${bytes / 1024 ** power}${units[power]}`;
}
