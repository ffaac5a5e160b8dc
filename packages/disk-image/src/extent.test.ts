import { expect, test } from "vitest";
import { bytesAt, coveredRanges } from "./extent.js";

test("neighbours become one range, in order; gaps stay", () => {
  const extents = [
    bytesAt(1024, new Uint8Array(10)),
    bytesAt(0, new Uint8Array(512)),
    bytesAt(512, new Uint8Array(100)),
  ];
  expect(coveredRanges(extents)).toEqual([
    { offset: 0, length: 612 },
    { offset: 1024, length: 10 },
  ]);
});

test("what overlaps is counted once", () => {
  const extents = [bytesAt(0, new Uint8Array(100)), bytesAt(50, new Uint8Array(10))];
  expect(coveredRanges(extents)).toEqual([{ offset: 0, length: 100 }]);
});
