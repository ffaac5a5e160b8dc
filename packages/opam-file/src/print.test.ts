import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filter, items, value } from "../testing/arbitraries.js";
import { essence } from "../testing/essence.js";
import {
  field,
  filterValue,
  formulaValue,
  ident,
  option,
  section,
  toValue,
} from "./build-value.js";
import { parseOpam, parseValue } from "./parse.js";
import { parseFilter, parseFormula } from "./parse-typed.js";
import { printFilter, printFormula, printOpam, printValue } from "./print.js";

test("prints a file", () => {
  const formula = parseFormula('"ocaml" {>= "4.08"} & ("a" | "b" {with-test & (x | y)}) & "dune"');
  const file = [
    field("opam-version", "2.0"),
    field("synopsis", `${"long ".repeat(15)}text`),
    field("description", 'First "line".\n\nThird \\ line.\n'),
    field("maintainer", ["a", "b"]),
    field("depends", formulaValue(formula, "and")),
    field("conflicts", ["old"]),
    field("available", filterValue(parseFilter('!(os = "win32" | arch != "x86_64") & ?x'))),
    field("flags", ident("compiler")),
    field("build", [
      ["dune", "build", "-p", ident("name")],
      option(["dune", "runtest"], ident("with-test")),
    ]),
    field("x-numbers", [1, -2, true, []]),
    section("url", undefined, [field("src", "https://example.org/a.tar.gz")]),
    section("extra-source", "a b", []),
  ];
  expect(printOpam({ items: file })).toBe(`opam-version: "2.0"
synopsis:
  "long long long long long long long long long long long long long long long text"
description: """\\
First "line".

Third \\\\ line.
"""
maintainer: ["a" "b"]
depends: [
  "ocaml" {>= "4.08"}
  "a" | "b" {with-test & (x | y)}
  "dune"
]
conflicts: ["old"]
available: !(os = "win32" | arch != "x86_64") & ?x
flags: compiler
build: [
  ["dune" "build" "-p" name]
  ["dune" "runtest"] {with-test}
]
x-numbers: [
  1
  -2
  true
  []
]
url {
  src: "https://example.org/a.tar.gz"
}
extra-source "a b" {
}
`);
});

describe("strings", () => {
  test.each([
    ["plain", '"plain"'],
    ['a "b" \\c', '"a \\"b\\" \\\\c"'],
    ["a\nb\tc\rd\be", '"a\\nb\\tc\\rd\\be"'],
    ["\0\x7f", '"\\000\\127"'],
    ["\u0080", '"\\194\\128"'],
    ["é🐫", '"é🐫"'],
    ["\udcff", '"\\255"'],
  ])("%j", (text, expected) => {
    expect(printValue(toValue(text))).toBe(expected);
    expect(parseValue(expected)).toMatchObject({ value: text });
  });

  test.each([
    ["\na", '"""\na"""'],
    ["  a\nb", '"""\\\n\\   a\nb"""'.replace("\\   a", "\\  a")],
    ["\ta\nb", '"""\\\n\\ta\nb"""'],
    ['a\n"b"', '"""\\\na\n"b\\""""'],
    ['"""\n"" ', '"""\\\n\\"\\"\\"\n"" """'],
    ["a\r\nb", '"""\\\na\\r\nb"""'],
  ])("of several lines: %j", (text, expected) => {
    expect(printOpam({ items: [field("x", text)] })).toBe(`x: ${expected}\n`);
    expect(parseOpam(`x: ${expected}`).items).toMatchObject([{ value: { value: text } }]);
  });
});

test("any file is read back as it was", () => {
  fc.assert(
    fc.property(items, (file) => {
      const text = printOpam({ items: file });
      const again = parseOpam(text);
      expect(again.items.map(essence)).toEqual(file.map(essence));
      expect(printOpam(again)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("any value is read back from one line", () => {
  fc.assert(
    fc.property(value, (built) => {
      const line = printValue(built);
      expect(line).not.toContain("\n");
      expect(essence(parseValue(line))).toEqual(essence(built));
    }),
    { numRuns: 1000 },
  );
});

test("any filter is read back", () => {
  fc.assert(
    fc.property(filter, (built) => {
      expect(printFilter(parseFilter(printFilter(built)))).toBe(printFilter(built));
    }),
  );
});

test("formulas", () => {
  for (const text of ['"a"', '"a" {= version} & ("b" | "c" {>= "1" & < "2" | !x})', ""]) {
    const formula = parseFormula(text === "" ? "[]" : text);
    expect(printFormula(formula)).toBe(text);
  }
});

test("refuses what the format can't express", () => {
  for (const name of ["", "a b", "true", "1", "a:", "a+", "ü"]) {
    expect(() => printValue(ident(name))).toThrow(TypeError);
    expect(() => printOpam({ items: [field(name, 1)] })).toThrow(TypeError);
  }
});
