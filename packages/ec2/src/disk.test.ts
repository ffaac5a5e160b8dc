import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BlockReader, blockSize, scanDisk } from "./disk.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-ec2-disk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function disk(...blocks: readonly (Buffer | "zeros")[]): string {
  const path = join(folder, "disk.img");
  writeFileSync(path, "");
  for (const block of blocks)
    appendFileSync(path, block === "zeros" ? Buffer.alloc(blockSize) : block);
  return path;
}

function block(byte: number): Buffer {
  return Buffer.alloc(blockSize, byte);
}

function sha256(data: Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

test("blocks that are not zeros are found, the last one filled up with zeros", async () => {
  const short = Buffer.from([7]);
  const path = disk(block(1), "zeros", block(2), ...Array(9).fill("zeros"), short);
  const { blocks, checksum, volumeSize, bytes } = await scanDisk(path);
  const filled = Buffer.concat([short, Buffer.alloc(blockSize - 1)]);
  expect(blocks).toEqual([
    { index: 0, digest: sha256(block(1)).toString("base64") },
    { index: 2, digest: sha256(block(2)).toString("base64") },
    { index: 12, digest: sha256(filled).toString("base64") },
  ]);
  expect(bytes).toBe(12 * blockSize + 1);
  expect(volumeSize).toBe(1);
  const all = Buffer.concat([sha256(block(1)), sha256(block(2)), sha256(filled)]);
  expect(checksum).toBe(sha256(all).toString("base64"));
});

test("the id stands for the volume: zeros at the end don't count, a byte and a GiB do", async () => {
  const path = disk(block(1));
  const { id } = await scanDisk(path);
  truncateSync(path, 3 * blockSize);
  expect((await scanDisk(path)).id).toBe(id);
  truncateSync(path, 2 ** 30 + 512);
  const larger = await scanDisk(path);
  expect(larger.volumeSize).toBe(2);
  expect(larger.id).not.toBe(id);
  expect((await scanDisk(disk(block(3)))).id).not.toBe(id);
  expect((await scanDisk(disk("zeros", block(1)))).id).not.toBe(id);
}, 60_000);

test("only the blocks that ranges touch are read, each once", async () => {
  const path = disk(block(1), block(2), "zeros", block(4), block(5));
  const all = await scanDisk(path);
  const whole = { offset: 0, length: 5 * blockSize };
  expect((await scanDisk(path, { ranges: [whole] })).id).toBe(all.id);
  const ranges = [
    { offset: 3 * blockSize + 5, length: 10 },
    { offset: blockSize - 1, length: 2 },
    { offset: 0, length: 1 },
    { offset: 2 * blockSize, length: 0 },
  ];
  const { blocks } = await scanDisk(path, { ranges });
  expect(blocks.map(({ index }) => index)).toEqual([0, 1, 3]);
});

test("a disk of zeros is refused, and one that is not there", async () => {
  await expect(scanDisk(join(folder, "none"))).rejects.toMatchObject({
    code: "ERR_MIRAGE_SYSTEM_ENOENT",
  });
  await expect(scanDisk(disk("zeros"))).rejects.toMatchObject({ code: "ERR_MIRAGE_EC2_DISK" });
});

test("a disk that changes after it was read is noticed", async () => {
  const path = disk(block(1), block(2));
  const { blocks } = await scanDisk(path);
  const reader = await BlockReader.open(path);
  const buffer = Buffer.alloc(blockSize);
  const [first, second] = blocks;
  if (!first || !second) throw new Error("two blocks");
  await reader.read(first, buffer);
  expect(buffer.equals(block(1))).toBe(true);
  writeFileSync(path, Buffer.concat([block(1), block(9)]));
  await expect(reader.read(second, buffer)).rejects.toMatchObject({
    code: "ERR_MIRAGE_EC2_DISK_CHANGED",
  });
  await reader.close();
});
