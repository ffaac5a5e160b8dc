import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formula, version, versions } from "../testing/arbitraries.js";
import { globals } from "./filter.js";
import {
  allowsVersion,
  and,
  atom,
  atoms,
  empty,
  evaluateFormula,
  filterFormula,
  mapFormula,
  negateFormula,
  normalForm,
  or,
  splitBounds,
} from "./formula.js";
import { parseFormula } from "./parse-typed.js";
import { printFormula, printResolved } from "./print.js";
import { negateRelOp } from "./version.js";

const letters = formula(fc.constantFrom("a", "b", "c", "d"));

test("empty is neutral", () => {
  const [a, b] = [atom("a"), atom("b")];
  expect([and([empty, a, empty]), or([empty, a]), and([]), or([])]).toEqual([a, a, empty, empty]);
  expect(and([a, and([b, empty, a])])).toEqual({ kind: "and", items: [a, b, a] });
  expect(or([and([a, b]), b])).toEqual({ kind: "or", items: [{ kind: "and", items: [a, b] }, b] });
});

test("atoms are listed from left to right", () => {
  expect(atoms(or([and([atom(1), atom(2)]), atom(3)]))).toEqual([1, 2, 3]);
  expect(atoms(empty)).toEqual([]);
});

test("normal forms mean the same", () => {
  fc.assert(
    fc.property(letters, fc.subarray(["a", "b", "c", "d"]), (any, given) => {
      const holds = (name: string) => given.includes(name);
      const expected = evaluateFormula(any, holds);
      const conjunctive = normalForm(any, "and");
      expect(conjunctive.every((clause) => clause.some(holds))).toBe(expected);
      if (any.kind === "empty") return;
      const disjunctive = normalForm(any, "or");
      expect(disjunctive.some((clause) => clause.every(holds))).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("a negated formula holds where the formula doesn't", () => {
  fc.assert(
    fc.property(versions, version, (any, v) => {
      if (any.kind === "empty") return;
      const negated = negateFormula(any, ({ op, version: bound }) => ({
        op: negateRelOp(op),
        version: bound,
      }));
      expect(allowsVersion(negated, v)).toBe(!allowsVersion(any, v));
    }),
  );
});

test("atoms that are mapped to nothing vanish", () => {
  const kept = mapFormula(and([or([atom("a"), atom("b")]), atom("b")]), (name) =>
    name === "b" ? empty : atom(name),
  );
  expect(kept).toEqual(atom("a"));
});

describe("filters", () => {
  const env = globals({
    "with-test": false,
    build: true,
    post: true,
    os: "linux",
    version: "1.2",
    "text-true": "true",
  });

  test.each([
    ['"a" {with-test}', ""],
    ['"a" {build}', '"a"'],
    ['"a" {text-true}', '"a"'],
    ['"a" {"text"}', ""],
    ['"a" {} & "b" {undefined}', '"a"'],
    ['"a" {!undefined}', ""],
    ['"a" {?undefined | ?os}', '"a"'],
    ['"a" {with-test} | "b"', '"b"'],
    ['("a" {with-test} | "b" {with-test}) & "c"', '"c"'],
    ['"a" {with-test & >= "1"}', ""],
    ['"a" {build & >= "1"}', '"a" {>= "1"}'],
    ['"a" {with-test | >= "1"}', '"a" {>= "1"}'],
    ['"a" {build | >= "1"}', '"a"'],
    ['"a" {>= "1" & < "2" | = "3"}', '"a" {>= "1" & < "2" | = "3"}'],
    ['"a" {>= "1" & (< "2" | os = "macos")}', '"a" {>= "1" & < "2"}'],
    ['"a" {!(>= "1" & build)}', '"a" {< "1"}'],
    ['"a" {!(>= "1" | with-test)}', '"a" {< "1"}'],
    ['"a" {!(>= "1" & < "2")}', '"a" {< "1" | >= "2"}'],
    ['"a" {= version}', '"a" {= "1.2"}'],
    ['"a" {= "%{version}%-1"}', '"a" {= "1.2-1"}'],
    ['"a" {= undefined}', '"a"'],
    ['"a" {= undefined & < "2"}', '"a" {< "2"}'],
    ['["a" "b" {with-test} "c" | "d"]', '"a" & ("c" | "d")'],
    ['"a" {>= "1" os = "linux"}', '"a" {>= "1"}'],
  ])("%s", (text, expected) => {
    expect(printResolved(filterFormula(parseFormula(text), env))).toBe(expected);
  });

  test("undefined filters count as asked", () => {
    const some = parseFormula('"a" {undefined} & "b" {!undefined}');
    expect(printResolved(filterFormula(some, env, true))).toBe('"a" & "b"');
  });
});

test("negations are read as written inwards", () => {
  const text = '"a" {!(>= "1" & (x | !y) & !(< "2" | z))}';
  expect(printFormula(parseFormula(text))).toBe(
    '"a" {< "1" | !x & !!y | < "2" | z}'.replace("!!y", "!!y").replace("| z", "| !!z"),
  );
});

test("bounds split into atoms of their own", () => {
  const resolved = filterFormula(parseFormula('"a" {>= "1" & < "2"} | "b"'), globals({}));
  expect(normalForm(splitBounds(resolved), "and")).toEqual([
    [
      { name: "a", bound: { op: ">=", version: "1" } },
      { name: "b", bound: undefined },
    ],
    [
      { name: "a", bound: { op: "<", version: "2" } },
      { name: "b", bound: undefined },
    ],
  ]);
});
