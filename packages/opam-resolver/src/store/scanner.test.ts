import { join } from "node:path";
import {
  type Condition,
  type Formula,
  type PackageFormula,
  parseByGrammar,
  readPackage,
} from "@mirage/opam-file";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dataFolder } from "../../test/data.js";
import { readArchive } from "../repository/archive.js";
import { StoreBuilder, storeOf } from "./builder.js";
import { FLAG, NODE } from "./codes.js";
import { nameColumns, relops, rowField } from "./layout.js";
import { Store } from "./store.js";

const exampleText = `opam-version: "2.0"
# depends: "comment"
synopsis: "depends: \\"text\\""
description: """
depends: ["text"]"""
maintainer: ["me <me@example.org>" "you"]
tags: ["x" "flags:conf"]
depends: [
  "a" {>= "1" & (with-test | os = "linux")} (* why (* not *) *)
  ("b" | "c" {= version & != "2"})
]
depopts: "d"
conflicts: ["e" {< "2"} "f\\x41\\066\\
  g"]
conflict-class: "core"
available: [os != "win32" & !(arch = "x86_32")]
flags: [avoid-version light-uninstall]
build: [["dune" "build" "-p" name {?foo} "@%{x}%"] {a & (b | c)}]
depexts: [["libfoo-dev"] {os-family = "debian"} ["foo"] {os = "macos"}]
x-data: [1 true -3 ("a" & "b")]
extra-source "patch" { src: "https://example.org/p" checksum: "md5=0" }
url { src: "https://example.org/a.tgz" checksum: ["sha256=0" "md5=1"] }
`;

/** The packages of a formula and their bounds, in order; "?" stands for a filter. */
function told(store: Store, place: number): string[] {
  const { code, names, versions } = store.sections;
  const words: string[] = [];
  for (let at = place, left = 1; left > 0 && place > 0; left--) {
    const word = code[at++] as number;
    const count = word >> 8;
    const operand = code[at] as number;
    switch (word & 255) {
      case NODE.and:
      case NODE.or:
        left += count;
        break;
      case NODE.atom:
        words.push(store.string(names[operand * nameColumns] as number));
        left++;
        at++;
        break;
      case NODE.filter:
        words.push("?");
        at++;
        break;
      case NODE.constraint:
        words.push(relops[count] as string);
        words.push(operand < 0 ? "?" : store.string(versions[operand * 2] as number));
        at++;
        break;
    }
  }
  return words;
}

/** The same of what the grammar reads. */
function expected(formula: PackageFormula): string[] {
  return atoms(formula).flatMap(({ name, condition }) => [
    name,
    ...atoms<Condition>(condition).flatMap((atom) => {
      if (atom.kind === "filter") return ["?"];
      const { version } = atom;
      const isPlain = version.kind === "string" && !version.value.includes("%");
      return [atom.op, isPlain ? version.value : "?"];
    }),
  ]);
}

function atoms<A>(formula: Formula<A>): A[] {
  if (formula.kind === "empty") return [];
  return formula.kind === "atom" ? [formula.atom] : formula.items.flatMap(atoms);
}

/** What both say of a file. */
function compared(store: Store, row: number, opam: string) {
  const { package: definition } = readPackage(parseByGrammar(opam));
  const flags = store.column(row, rowField.flags);
  const ours = {
    depends: told(store, store.column(row, rowField.depends)),
    depopts: told(store, store.column(row, rowField.depopts)),
    conflicts: told(store, store.column(row, rowField.conflicts)),
    avoided: (flags & FLAG.avoidVersion) !== 0,
    url: (flags & FLAG.url) !== 0,
    checksum: (flags & FLAG.checksum) !== 0,
  };
  const theirs = {
    depends: expected(definition.depends),
    depopts: expected(definition.depopts),
    conflicts: expected(definition.conflicts),
    avoided: definition.flags.includes("avoid-version"),
    url: definition.url !== undefined,
    checksum: (definition.url?.checksums.length ?? 0) > 0,
  };
  return { ours, theirs };
}

test("reads what the grammar reads", () => {
  const { store, unreadable } = storeOf([{ name: "p", version: "1", opam: exampleText }]);
  expect(unreadable).toEqual([]);
  const { ours, theirs } = compared(store, 0, exampleText);
  expect(ours).toEqual(theirs);
  expect(ours.conflicts).toEqual(["e", "<", "2", "fABg"]);
  const flags = FLAG.avoidVersion | FLAG.conf | FLAG.url | FLAG.http | FLAG.checksum;
  expect(store.column(0, rowField.flags)).toBe(flags);
});

test.each([
  ["= 1", 0, "a field"],
  ["url { : }", 6, "a field"],
  ['depends ("a")', 8, "a colon"],
  ['url { src "x" }', 14, "an opening brace"],
  ["a: b (* x", 5, "the end of the comment"],
  ["depends:", 8, "a value"],
  ["tags: [a]", 7, "a string"],
  ['depends: "a', 9, "the end of the string"],
  ['synopsis: """a"', 10, "the end of the string"],
  ['depends: ["a" {', 15, "a closing bracket"],
  [`depends: ${"(".repeat(201)}"a"${")".repeat(201)}`, 210, "fewer nested brackets"],
  ["depends: [a]", 10, "a package name"],
  ['conflict-class: "a" {b}', 19, "the end of the value"],
])("%s", (opam, offset, lacking) => {
  const { unreadable } = storeOf([{ name: "p", version: "1", opam }]);
  const stamp = [0, 0];
  const message = `expected ${lacking}`;
  expect(unreadable).toEqual([{ name: "p", version: "1", offset, message, stamp }]);
});

test("a malformed file leaves nothing behind", () => {
  const builder = new StoreBuilder();
  builder.add("a", "1", Buffer.from('depends: ["x" "y" {('), [0, 0]);
  builder.add("b", "1", Buffer.from('depends: ["x" "y"]'), [0, 0]);
  const store = new Store(builder.build());
  expect(store.size).toBe(1);
  expect(told(store, store.column(0, rowField.depends))).toEqual(["x", "y"]);
});

test("what the grammar reads is read, whatever it is", () => {
  const piece = fc.constantFrom(
    ...'"[](){}:&|!=<>#?\\\n '.split(""),
    ...'(* *) url flags: depends: a: 1 "x" >= ~= tags: """ version'.split(" "),
  );
  const edit = fc.tuple(fc.nat(exampleText.length), fc.nat(6), piece);
  let read = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let opam = exampleText;
      for (const [at, length, inserted] of edits) {
        opam = opam.slice(0, at) + inserted + opam.slice(at + length);
      }
      const { store, unreadable } = storeOf([{ name: "p", version: "1", opam }]);
      if (!isWellFormed(opam)) return;
      read++;
      expect(unreadable).toEqual([]);
      const { ours, theirs } = compared(store, 0, opam);
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 1500 },
  );
  expect(read).toBeGreaterThan(100);
});

function isWellFormed(opam: string): boolean {
  try {
    const { diagnostics } = readPackage(parseByGrammar(opam));
    return diagnostics.every(({ severity }) => severity !== "error");
  } catch {
    return false;
  }
}

test.skipIf(dataFolder === undefined)("a repository", { timeout: 120_000 }, async () => {
  const builder = new StoreBuilder();
  const files: string[] = [];
  let count = 0;
  const archive = join(dataFolder as string, "repository.tar.zst");
  await readArchive(archive, (name, version, content) => {
    if (count++ % 16 > 0) return;
    builder.add(name, version, content, [files.length, 0]);
    files.push(content.toString());
  });
  expect(builder.unreadable).toEqual([]);
  const store = new Store(builder.build());
  for (let row = 0; row < store.size; row++) {
    const { ours, theirs } = compared(store, row, files[store.stamp(row)[0]] as string);
    expect(ours).toEqual(theirs);
  }
});
