import { closeSync, openSync, readSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { leastElfSize } from "./elf.js";

const head = Buffer.alloc(4096);
const file = openSync(process.execPath, "r");
readSync(file, head);
closeSync(file);

test("a program has the bytes of its segments, which its head tells", () => {
  const least = leastElfSize(head);
  expect(least).toBeGreaterThan(head.length);
  expect(least).toBeLessThanOrEqual(statSync(process.execPath).size);
});

test("without its program headers, a file is too short at any rate", () => {
  expect(leastElfSize(head.subarray(0, 100))).toBeGreaterThan(100);
});

test("of other files nothing is known", () => {
  expect(leastElfSize(Buffer.from("#!/bin/sh\n".repeat(10)))).toBe(0);
  expect(leastElfSize(head.subarray(0, 63))).toBe(0);
});
