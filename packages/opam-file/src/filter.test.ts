import { describe, expect, test } from "vitest";
import {
  type Environment,
  evaluateFilter,
  expandString,
  filterHolds,
  filterVariables,
  globals,
  interpolatedVariables,
} from "./filter.js";
import { parseFilter } from "./parse-typed.js";

const own: Readonly<Record<string, string | boolean | string[]>> = {
  os: "linux",
  "os-version": "12",
  yes: true,
  no: false,
  "text-true": "true",
  "text-false": "false",
  list: ["a", "b"],
  single: ["true"],
  percent: "100%%",
};

const ofPackages: Readonly<Record<string, string | boolean>> = {
  "a:installed": true,
  "b:installed": true,
  "c:installed": false,
  "a:version": "1.10",
  "_:name": "me",
};

const env: Environment = (variable, pkg) =>
  pkg === undefined ? own[variable] : ofPackages[`${pkg}:${variable}`];

describe("values of filters", () => {
  test.each<[string, boolean | string | undefined]>([
    ["yes", true],
    ["os", "linux"],
    ["list", "a b"],
    ["undefined", undefined],
    ['os = "linux"', true],
    ['os != "linux"', false],
    ['"1.9" < "1.10"', true],
    ['os-version >= "9"', true],
    ['yes = "true"', true],
    ["yes = true", true],
    ['undefined = "x"', undefined],
    ['undefined != "x"', undefined],
    ["!undefined", undefined],
    ["!no", true],
    ["!text-false", true],
    ["!os", undefined],
    ["?undefined", false],
    ["?no", true],
    ["?(undefined | no)", false],
    ["!?undefined", true],
    ["undefined & no", false],
    ["no & undefined", false],
    ["undefined & yes", undefined],
    ["undefined | yes", true],
    ["undefined | no", undefined],
    ["!(undefined & no)", true],
    ["yes & os", undefined],
    ["no & os", false],
    ["text-true & yes", true],
    ["text-false & undefined", undefined],
    ["text-false & yes & undefined", false],
    ["text-true | undefined", undefined],
    ["single & yes", true],
    ["list & yes", undefined],
    ["a:installed", true],
    ["a+b:installed", true],
    ["a+c:installed", false],
    ["c+undefined:installed", false],
    ["undefined+c:installed", false],
    ["undefined+a:installed", undefined],
    ["a:enable", "enable"],
    ["c:enable", "disable"],
    ["undefined:enable", "disable"],
    ['a:version >= "1.9"', true],
    ["_:name", "me"],
    ['"%{os}%-%{os-version}%" = "linux-12"', true],
    ['"%{undefined}%" = ""', true],
    ["percent", "100%"],
  ])("%s", (text, expected) => {
    expect(evaluateFilter(parseFilter(text), env)).toBe(expected);
  });

  test("what is undefined or no boolean counts as asked", () => {
    for (const text of ["undefined", "os", "!undefined", "undefined & yes"]) {
      expect(filterHolds(parseFilter(text), env)).toBe(false);
      expect(filterHolds(parseFilter(text), env, true)).toBe(true);
    }
    expect(filterHolds(parseFilter("text-true"), env)).toBe(true);
    expect(filterHolds(parseFilter("text-false"), env, true)).toBe(false);
  });
});

test.each([
  ["plain", "plain"],
  ["%{os}%", "linux"],
  ["a%{os}%b%{os-version}%c", "alinuxb12c"],
  ["%{undefined}%", ""],
  ["%{list}%", "a b"],
  ["%{yes}%", "true"],
  ["100%%", "100%"],
  ["100%", "100%"],
  ["%%{os}%%", "%{os}%"],
  ["%{os", "%{os"],
  ["%{os}", "%{os}"],
  ["%{a:version}%", "1.10"],
  ["%{_:name}%", "me"],
  ["%{yes?on:off}%", "on"],
  ["%{a:installed?with-a:without-a}%", "with-a"],
  ["%{c:installed?with-c:without-c}%", "without-c"],
  ["%{a+c:installed?on:off}%", "off"],
  ["%{undefined?on:off}%", "off"],
  ["%{os?on:off}%", "off"],
  ["%{a:enable}%", "enable"],
  ["%{?a:version:}%", "1.10"],
  ["%{no?%{os}%:x}%", ":x}%"],
])("expands %s", (text, expected) => {
  expect(expandString(text, env)).toBe(expected);
});

test("unclosed interpolations take linear time", () => {
  for (const piece of ["%{", "%{a\n", "%{}}"]) {
    const long = piece.repeat(100_000);
    expect(expandString(long, env) === long).toBe(true);
  }
});

test("globals are no variables of packages", () => {
  const some = globals({ os: "linux", jobs: "4" });
  expect([some("os", undefined), some("os", "_"), some("constructor", undefined)]).toEqual([
    "linux",
    undefined,
    undefined,
  ]);
});

test("lists the variables of a filter", () => {
  const text = 'a & !(b:c = "%{d}%" | ?e) & "%{f+g:h?i:j}% %{k"';
  expect(filterVariables(parseFilter(text))).toEqual([
    { kind: "variable", packages: [], variable: "a" },
    { kind: "variable", packages: ["b"], variable: "c" },
    { kind: "variable", packages: [], variable: "d" },
    { kind: "variable", packages: [], variable: "e" },
    {
      kind: "variable",
      packages: ["f", "g"],
      variable: "h",
      converter: { ifTrue: "i", ifFalse: "j" },
    },
  ]);
  expect(interpolatedVariables("none, 50%")).toEqual([]);
});
