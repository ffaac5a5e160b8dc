import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSize, parseSize } from "./parse-size.js";

test.each([
  ["512", 512],
  ["4K", 4096],
  ["64m", 64 * 1024 ** 2],
  ["1GiB", 1024 ** 3],
  ["1.5G", 1.5 * 1024 ** 3],
  ["64T", 64 * 1024 ** 4],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "big", "-1", "0", "1.5", "1e9", "64MM", "9999999T"])("%j is refused", (text) => {
  expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_DISK_SIZE" }));
});

test("every size reads back as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
      expect(parseSize(formatSize(bytes))).toBe(bytes);
    }),
  );
  expect(formatSize(64 * 1024 ** 2)).toBe("64M");
});
