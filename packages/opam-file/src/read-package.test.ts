import { describe, expect, test } from "vitest";
import { parseOpam } from "./parse.js";
import { printFilter, printFormula, printValue } from "./print.js";
import { readPackage } from "./read-package.js";

function read(text: string) {
  return readPackage(parseOpam(text, "x.opam"));
}

/** `line:column severity CODE: message (hint)` of each diagnostic. */
function problems(text: string): string[] {
  return read(text).diagnostics.map(({ span, severity, code, message, hint }) => {
    const place = `${span?.start.line}:${span?.start.column}`;
    const kind = code.replace("ERR_MIRAGE_OPAM_", "");
    return `${place} ${severity} ${kind}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
  });
}

test("reads every field", () => {
  const { package: pkg, diagnostics } = read(`opam-version: "2.0"
name: "x"
version: " 1.0~rc1 "
synopsis: " a "
description: """
  b
c
"""
maintainer: "m"
authors: ["a" "b"]
license: "ISC"
tags: ["t" "flags:avoid-version"]
homepage: "h"
doc: ["d"]
bug-reports: "b"
dev-repo: "git+https://example.org"
depends: ["a" {>= "1"} "b" | "c"]
depopts: ["d" "e" {>= "2"}]
conflicts: "f"
conflict-class: "g"
available: [os = "linux" & !x]
flags: [compiler conf]
setenv: [[A = "1"] [B += "2"]]
build-env: C =: "3"
build: [[make "x" {with-test}] {os = "linux"} ["y"]]
run-test: ["make" "test"]
install: make
remove: []
substs: "s"
patches: ["p" {os = "win32"} "q"]
messages: "hello" {success}
post-messages: ["bye"]
depexts: [["libx" "liby"] {os-family = "debian"} [["z"] ["w"]]]
features: [f {"a" {>= "1"} & "b"} {"text"}]
pin-depends: ["y.1.0" "https://example.org/y"]
extra-files: [["file" "md5=0"]]
x-note: [1 true]
x-subpath: "sub"
url { src: "https://example.org/x" checksum: "md5=1" mirrors: ["m"] swhid: "s" }
extra-source "e" { src: "https://example.org/e" checksum: ["md5=2" "sha256=3"] }
`);
  expect(diagnostics).toEqual([]);
  const always = { filter: undefined };
  expect({
    ...pkg,
    depends: printFormula(pkg.depends),
    depopts: printFormula(pkg.depopts),
    conflicts: printFormula(pkg.conflicts),
    available: printFilter(pkg.available),
    extensions: [...pkg.extensions].map(([name, value]) => [name, printValue(value)]),
    depexts: pkg.depexts.map((d) => ({ ...d, filter: printFilter(d.filter) })),
    features: pkg.features.map((f) => ({ ...f, formula: printFormula(f.formula) })),
    build: pkg.build.length,
    patches: pkg.patches.length,
    messages: pkg.messages.length,
  }).toEqual({
    opamVersion: "2.0",
    name: "x",
    version: "1.0~rc1",
    synopsis: "a",
    description: "b\nc",
    maintainer: ["m"],
    authors: ["a", "b"],
    license: ["ISC"],
    tags: ["t", "flags:avoid-version"],
    homepage: ["h"],
    doc: ["d"],
    bugReports: ["b"],
    devRepo: "git+https://example.org",
    depends: '"a" {>= "1"} & ("b" | "c")',
    depopts: '"d" | "e" {>= "2"}',
    conflicts: '"f"',
    conflictClass: ["g"],
    available: 'os = "linux" & !x',
    flags: ["compiler", "conf", "avoid-version"],
    setenv: [
      { variable: "A", op: "=", value: "1" },
      { variable: "B", op: "+=", value: "2" },
    ],
    buildEnv: [{ variable: "C", op: "=:", value: "3" }],
    build: 2,
    runTest: [
      {
        value: [
          { value: { kind: "string", value: "make" }, ...always },
          { value: { kind: "string", value: "test" }, ...always },
        ],
        ...always,
      },
    ],
    install: [
      {
        value: [{ value: { kind: "variable", packages: [], variable: "make" }, ...always }],
        ...always,
      },
    ],
    remove: [],
    substs: ["s"],
    patches: 2,
    messages: 1,
    postMessages: [{ value: "bye", ...always }],
    depexts: [
      { packages: ["libx", "liby"], filter: 'os-family = "debian"' },
      { packages: ["w"], filter: '"z"' },
    ],
    features: [{ name: "f", formula: '"a" {>= "1"} & "b"', description: "text" }],
    pinDepends: [{ name: "y", version: "1.0", url: "https://example.org/y" }],
    extraFiles: [{ name: "file", checksum: "md5=0" }],
    url: {
      src: "https://example.org/x",
      checksums: ["md5=1"],
      mirrors: ["m"],
      subpath: "sub",
      swhid: "s",
    },
    extraSources: new Map([
      [
        "e",
        {
          src: "https://example.org/e",
          checksums: ["md5=2", "sha256=3"],
          mirrors: [],
          subpath: undefined,
          swhid: undefined,
        },
      ],
    ]),
    extensions: [
      ["x-note", "[1 true]"],
      ["x-subpath", '"sub"'],
    ],
  });
});

test("commands keep their filters", () => {
  const { build } = read('build: [[make "x" {with-test}] {os = "linux"} ["y"]]').package;
  const [first] = build;
  expect(first?.filter && printFilter(first.filter)).toBe('os = "linux"');
  expect(first?.value.map(({ filter }) => filter && printFilter(filter))).toEqual([
    undefined,
    "with-test",
  ]);
});

test("what is absent is empty", () => {
  const { package: pkg, diagnostics } = read("");
  expect(diagnostics).toEqual([]);
  expect([pkg.depends, pkg.name, pkg.build, pkg.url]).toEqual([
    { kind: "empty" },
    undefined,
    [],
    undefined,
  ]);
  expect(pkg.available).toEqual({ kind: "bool", value: true });
});

describe("diagnostics", () => {
  test.each([
    [
      'depends: ["a" 1]',
      '1:15 error FIELD: expected a package here (write `"name"` or `"name" {condition}`)',
    ],
    [
      'depends: ["a b"]',
      "1:11 error FIELD: `a b` is not a name of a package (names consist of letters, digits, `-`, `_` and `+`, with at least one letter)",
    ],
    [
      'depends: ["1"]',
      "1:11 error FIELD: `1` is not a name of a package (names consist of letters, digits, `-`, `_` and `+`, with at least one letter)",
    ],
    ['depends: ["a" {>= 1}]', "1:19 error FIELD: expected a version in quotes"],
    [
      'depends: ["a" {>= "1 2"}]',
      "1:19 error FIELD: `1 2` is not a version (versions consist of letters, digits, `-`, `_`, `+`, `.` and `~`)",
    ],
    [
      'depends: [a "b"]',
      '1:11 error FIELD: expected a package here (write `"name"` or `"name" {condition}`)',
    ],
    [
      'depends: ["a" {[b]}]',
      "1:16 error FIELD: expected a filter here (a filter is made of variables, strings, `= != < <= > >=`, `& | ! ?` and parentheses)",
    ],
    [
      'available: ["a" "b"]',
      "1:12 error FIELD: expected a single filter here (join filters by `&` or `|`)",
    ],
    ["name: x", "1:7 error FIELD: expected a package's name in quotes"],
    ["synopsis: [1]", "1:11 error FIELD: expected a string in double quotes"],
    ['version: "a b"', "1:10 error FIELD: `a b` is not a version"],
    [
      "flags: [compilr]",
      "1:9 warning FIELD: there is no flag `compilr` (did you mean `compiler`?)",
    ],
    ['flags: ["compiler"]', "1:9 error FIELD: expected a flag, without quotes"],
    [
      'setenv: [A > "1"]',
      '1:9 error FIELD: expected an update of a variable (write `[NAME = "value"]`)',
    ],
    [
      'setenv: [A = "1" B = "2"]',
      '1:9 error FIELD: expected an update of a variable (write `[NAME = "value"]`)',
    ],
    ["build: [[1]]", "1:10 error FIELD: expected an argument: a string or a variable"],
    [
      'pin-depends: ["x" "y"]',
      '1:15 error FIELD: expected a package with its version (write `"name.version"`)',
    ],
    [
      'pin-depends: [["x.1"]]',
      '1:15 error FIELD: expected a list of two strings (write `["name.version" "url"]`)',
    ],
    [
      'features: [a {"b"}]',
      '1:12 error FIELD: expected a feature (write `name {formula} {"description"}`)',
    ],
    [
      'conflicts: ["a" & "b"]',
      "1:12 warning FIELD: here `&` has no meaning, and is read as `|` (list the packages one by one)",
    ],
    [
      'dependz: ["a"]',
      "1:1 warning UNKNOWN_FIELD: there is no field `dependz` (did you mean `depends`?)",
    ],
    [
      "gibberish: 1",
      "1:1 warning UNKNOWN_FIELD: there is no field `gibberish` (names of fields of your own begin with `x-`)",
    ],
    [
      "gibberish {}",
      "1:1 warning UNKNOWN_FIELD: there is no section `gibberish` (the sections of a package are `url` and `extra-source`)",
    ],
    [
      'os: "linux"',
      "1:1 warning OBSOLETE_FIELD: the field `os` is obsolete since opam 2.0 (write `available: os = …`)",
    ],
    [
      'url { srk: "x" }',
      "1:7 warning UNKNOWN_FIELD: the section `url` has no field `srk` (its fields are `src`, `checksum`, `mirrors`, `subpath` and `swhid`)",
    ],
    ['url "x" {}', "1:1 error FIELD: the section `url` has no label"],
    ["url { a {} }", "1:7 error FIELD: the section `url` contains no sections"],
    ['url { src: "a" src: "b" }', "1:16 error FIELD: the field `src` is repeated"],
    [
      "extra-source {}",
      '1:1 error FIELD: the label is missing (write `extra-source "file" { … }`)',
    ],
    ['name: "a"\nname: "b"', "2:1 error DUPLICATE_FIELD: `name` is repeated (remove one of them)"],
    [
      'author: "a"\nauthors: "b"',
      "2:1 error DUPLICATE_FIELD: `authors` is repeated (remove one of them)",
    ],
    ["url {}\nurl {}", "2:1 error DUPLICATE_FIELD: `url {}` is repeated (remove one of them)"],
    [
      'x-a: 1\nextra-source "a" {}\nextra-source "a" {}',
      '3:1 error DUPLICATE_FIELD: `extra-source "a"` is repeated (remove one of them)',
    ],
  ])("%s", (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test("come in the order of the file, all at once", () => {
    const { package: pkg, diagnostics } = read('name: 1\ndepends: 2\nversion: "1"\nfoo: 3');
    expect(diagnostics.map(({ span }) => span?.start.line)).toEqual([1, 2, 4]);
    expect(pkg).toMatchObject({ name: undefined, version: "1" });
  });

  test("the first of repeated fields counts", () => {
    expect(read('name: "a" name: "b"').package.name).toBe("a");
  });

  test("conflicts and depopts are alternatives whatever their operators", () => {
    const { conflicts, depopts } = read(
      'conflicts: "a" & ("b" | "c") depopts: ["d" & "e"]',
    ).package;
    expect(printFormula(conflicts)).toBe('"a" | "b" | "c"');
    expect(printFormula(depopts)).toBe('"d" | "e"');
  });
});
