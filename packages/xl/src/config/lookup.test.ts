import { expect, test } from "vitest";
import { type XlConfig, xlConfig } from "./config.js";
import { getNumber, getString, getStrings, getValue, setValue } from "./lookup.js";
import { parseXlConfig } from "./parse.js";
import { printXlConfig } from "./print.js";

function config(text: string): XlConfig {
  return parseXlConfig(text, "t.xl").config ?? { entries: [] };
}

test("the last assignment counts, and what is appended to it", () => {
  const file = config("a = 'x'\na += 'y'\na = 0x10\na += 'z'\nb += 'c'\n");
  expect(getString(file, "a")).toBe("0x10z");
  expect(getString(file, "b")).toBe("c");
  expect(getValue(file, "c")).toBeUndefined();
});

test("lists are appended to lists only", () => {
  const file = config("v = [ 'a' ]\nv += [ 'b', 3 ]\nw = [ 'a' ]\nw += 'b'\n");
  expect(getStrings(file, "v")).toEqual(["a", "b", "3"]);
  expect(getString(file, "v")).toBeUndefined();
  expect(getValue(file, "w")).toBeUndefined();
});

test.each([
  ["16", 16],
  ["0x10", 16],
  ["020", 16],
  ["'16'", 16],
  ["'0X1F'", 31],
  ["' -010'", -8],
  ["'09'", undefined],
  ["'1 '", undefined],
  ["'x'", undefined],
  ["''", undefined],
  ["[ 1 ]", undefined],
])("the number of %s", (text, number) => {
  expect(getNumber(config(`a = ${text}\n`), "a")).toBe(number);
});

test("a value is set in its place, for all entries of its key", () => {
  const file = xlConfig({ name: "a", memory: 16, vcpus: 1 });
  expect(printXlConfig(setValue(file, "memory", 32))).toBe('name = "a"\nmemory = 32\nvcpus = 1\n');
  expect(printXlConfig(setValue(file, "pae", true))).toMatch(/vcpus = 1\npae = 1\n$/);
  const twice = { entries: [...file.entries, ...file.entries] };
  expect(setValue(twice, "name", "b").entries.map(({ key }) => key)).toEqual([
    "name",
    "memory",
    "vcpus",
    "memory",
    "vcpus",
  ]);
});
