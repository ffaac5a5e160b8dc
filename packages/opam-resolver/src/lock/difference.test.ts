import { expect, test } from "vitest";
import { compareLock, isSame, printDifference } from "./difference.js";

const locked = [
  { name: "gone", version: "1" },
  { name: "kept", version: "1.0", checksum: "sha256=1" },
  { name: "moved", version: "1" },
  { name: "altered", version: "2", checksum: "sha256=1" },
  { name: "unknown", version: "2", checksum: "sha256=1" },
];

const now = [
  { name: "unknown", version: "2" },
  { name: "new", version: "3" },
  { name: "altered", version: "2", checksum: "sha256=2" },
  { name: "moved", version: "2", checksum: "sha256=2" },
  // Versions that opam takes for equal.
  { name: "kept", version: "1.00", checksum: "sha256=1" },
];

test("every way to differ, with a line for each", () => {
  const difference = compareLock(locked, now);
  expect(difference).toEqual({
    added: [{ name: "new", version: "3" }],
    removed: [{ name: "gone", version: "1" }],
    changed: [{ name: "moved", locked: "1", now: "2" }],
    altered: [{ name: "altered", version: "2" }],
  });
  expect(isSame(difference)).toBe(false);
  expect(printDifference(difference)).toBe(
    ["+ new.3", "- gone.1", "  moved 1 -> 2", "  altered.2 has different content"].join("\n"),
  );
});

test("the same packages in another order are the same", () => {
  const difference = compareLock(locked, [...locked].reverse());
  expect(isSame(difference)).toBe(true);
  expect(printDifference(difference)).toBe("");
});
