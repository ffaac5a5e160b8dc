import fc from "fast-check";
import { expect, test } from "vitest";
import { hasMultiboot2Header } from "./multiboot2.js";

function header(architecture = 0, checksumError = 0): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(0xe85250d6, 0);
  bytes.writeUInt32LE(architecture, 4);
  bytes.writeUInt32LE(24, 8);
  bytes.writeUInt32LE((2 ** 32 - 0xe85250d6 - architecture - 24 + checksumError) >>> 0, 12);
  return bytes;
}

function at(offset: number, bytes: Buffer, size = 65_536): Buffer {
  const file = Buffer.alloc(size);
  file.set(bytes, offset);
  return file;
}

test("found at any multiple of 8 that leaves the whole header in the first 32 KiB", () => {
  fc.assert(
    fc.property(fc.nat({ max: (32_768 - 24) / 8 }), (place) => {
      expect(hasMultiboot2Header(at(place * 8, header()))).toBe(true);
    }),
  );
});

test.each([
  ["between multiples of 8", at(4, header())],
  ["beyond the first 32 KiB", at(32_768, header())],
  ["across their end", at(32_768 - 16, header())],
  ["for another architecture", at(0, header(4))],
  ["with a wrong checksum", at(0, header(0, 1))],
  ["in a file that ends within it", header().subarray(0, 20)],
  ["in an empty file", Buffer.alloc(0)],
])("not found %s", (_, file) => {
  expect(hasMultiboot2Header(file)).toBe(false);
});

test("a wrong header before the right one doesn't hide it", () => {
  const file = at(64, header());
  file.set(header(0, 1), 8);
  expect(hasMultiboot2Header(file)).toBe(true);
});
