import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseUptimes } from "./uptime.js";

test("what the xl of Xen 4.17 prints", () => {
  const text = readFileSync(new URL("testdata/uptime.txt", import.meta.url), "utf8");
  expect(parseUptimes(text).slice(0, 2)).toEqual([
    { id: 0, name: "Domain-0", seconds: 880 },
    { id: 23, name: "waits", seconds: 41 },
  ]);
});

test("days", () => {
  const text = "a b                                  7 1 day,  2:03:04\nc 8 12 days, 10:00:00\n";
  expect(parseUptimes(text)).toEqual([
    { id: 7, name: "a b", seconds: 93_784 },
    { id: 8, name: "c", seconds: 1_072_800 },
  ]);
});
