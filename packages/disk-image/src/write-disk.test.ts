import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disk } from "./compose-disk.js";
import { bytesAt } from "./extent.js";
import { writeDisk } from "./write-disk.js";

const MiB = 1024 ** 2;
let folder: string;
let image: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-write-"));
  image = join(folder, "image");
  source = join(folder, "source");
  writeFileSync(source, Buffer.alloc(3 * MiB + 7, "source"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function disk(): Disk {
  const file = { offset: 8 * MiB, length: 3 * MiB + 7, content: { file: source } };
  return { size: 64 * MiB, extents: [bytesAt(10, Buffer.from("head")), file], ranges: [] };
}

test("every extent is in its place, and the rest is holes", async () => {
  await writeDisk(disk(), image);
  const { size, blocks } = statSync(image);
  expect(size).toBe(64 * MiB);
  expect(blocks * 512).toBeLessThan(4 * MiB);
  const content = readFileSync(image);
  const expected = Buffer.alloc(size);
  expected.write("head", 10);
  expected.set(readFileSync(source), 8 * MiB);
  expect(content.equals(expected)).toBe(true);
});

test("an existing file is left alone, unless it may be replaced", async () => {
  writeFileSync(image, "mine");
  await expect(writeDisk(disk(), image)).rejects.toMatchObject({ code: "ERR_MIRAGE_DISK_EXISTS" });
  expect(readFileSync(image, "utf8")).toBe("mine");
  await writeDisk(disk(), image, { replace: true });
  expect(statSync(image).size).toBe(64 * MiB);
});

test("nothing is left of a failure", async () => {
  const before = readdirSync(folder);
  const aborted = { signal: AbortSignal.abort() };
  await expect(writeDisk(disk(), image, aborted)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INTERRUPTED",
  });
  const promised = disk();
  writeFileSync(source, "shorter");
  await expect(writeDisk(promised, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_KERNEL",
  });
  rmSync(source);
  await expect(writeDisk(promised, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_SYSTEM_ENOENT",
  });
  expect(readdirSync(folder)).toEqual(before.filter((name) => name !== "source"));
});

test("a disk that is too large for the file system is named with its size", async () => {
  const vast = { ...disk(), size: 2 ** 53 - 512 };
  await expect(writeDisk(vast, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_SIZE",
    message: expect.stringContaining(image),
  });
  expect(readdirSync(folder)).toEqual(["source"]);
});
