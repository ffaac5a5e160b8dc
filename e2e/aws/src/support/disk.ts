import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { pseudoRandomBytes } from "../../../src/support/site.js";

export const blockSize = 524_288;

/**
 * Writes a sparse disk of `size` bytes with something in the named blocks: whole ones, and in the
 * first of them a single byte only.
 */
export function writeDisk(path: string, size: number, blocks: readonly number[], seed = 1): void {
  const fd = openSync(path, "w");
  try {
    ftruncateSync(fd, size);
    for (const [at, index] of blocks.entries()) {
      const start = index * blockSize;
      const length = at === 0 ? 1 : Math.min(blockSize, size - start);
      const data = at === 0 ? Buffer.from([seed]) : pseudoRandomBytes(length, seed + index);
      writeSync(fd, data, 0, length, start + (at === 0 ? blockSize - 1 : 0));
    }
  } finally {
    closeSync(fd);
  }
}
