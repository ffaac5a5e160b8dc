import fc from "fast-check";
import { expect, test } from "vitest";
import { relOps, version } from "../testing/arbitraries.js";
import {
  compareVersions,
  isValidVersion,
  negateRelOp,
  satisfiesRelOp,
  versionKey,
} from "./version.js";

test("orders versions", () => {
  const ascending = [
    ...["~~", "~", "", "1~~", "1~", "1", "1-1", "1a", "1+x", "1.0~rc1", "1.0~rc2", "1.0", "1.0-2"],
    ...["1.0-10", "1.0a", "1.0+1", "1.0.1", "1.9", "1.10", "10", "A", "a", "v0.9", "v0.17", "+"],
  ];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      expect([a, b, compareVersions(a, b)]).toEqual([a, b, Math.sign(i - j)]);
    }
  }
});

test.each([
  ["1.0", "1.00"],
  ["1.0", "1."],
  ["1.01", "1.1"],
  ["1.0", "1.0-0"],
  ["1", "1-"],
  ["a", "a0"],
  ["", "0"],
])("%s equals %s", (a, b) => {
  expect([compareVersions(a, b), compareVersions(b, a)]).toEqual([0, 0]);
  expect(versionKey(a)).toBe(versionKey(b));
});

test("the digits of a version may be any number", () => {
  const [a, b] = ["9".repeat(400), `1${"0".repeat(400)}`];
  expect([compareVersions(a, b), compareVersions(b, a)]).toEqual([-1, 1]);
});

test("the order is total", () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      const [ab, bc] = [compareVersions(a, b), compareVersions(b, c)];
      expect(compareVersions(b, a)).toBe(ab === 0 ? 0 : -ab);
      if (ab === bc) expect(compareVersions(a, c)).toBe(ab);
      if (ab === 0) expect(compareVersions(a, c)).toBe(bc);
    }),
    { numRuns: 3000 },
  );
});

test("versions are equal exactly if their keys are", () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(versionKey(a) === versionKey(b)).toBe(compareVersions(a, b) === 0);
      expect(compareVersions(versionKey(a), a)).toBe(0);
    }),
    { numRuns: 5000 },
  );
});

test("long versions take linear time", () => {
  const long = `${"1".repeat(200_000)}-${"0".repeat(200_000)}x`;
  expect(compareVersions(`${long}1`, `${long}2`)).toBe(-1);
  expect(versionKey(long)).toMatch(/-0x$|-x$/);
});

test("a negated operator holds where the operator doesn't", () => {
  for (const op of relOps) {
    for (const comparison of [-1, 0, 1]) {
      expect(satisfiesRelOp(negateRelOp(op), comparison)).toBe(!satisfiesRelOp(op, comparison));
    }
  }
});

test("tells what a version is made of", () => {
  expect(["1.0~rc1+x-2_Z", "dev", "~"].map(isValidVersion)).toEqual([true, true, true]);
  expect(["", "1 0", "1/2", "1:2", "ü", "1\n"].some(isValidVersion)).toBe(false);
});
