import { expect, test } from "vitest";
import { octets } from "./octets.js";

test("octets are told in the unit that fits", () => {
  expect([0, 999, 1000, 4_404_019, 163_840, 2 ** 50].map(octets)).toEqual([
    "0 B",
    "999 B",
    "1.0 KiB",
    "4.2 MiB",
    "160 KiB",
    "1024 TiB",
  ]);
});
