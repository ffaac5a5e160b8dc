import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dataFolder } from "../../test/data.js";
import { readArchive } from "../repository/archive.js";
import { StoreBuilder } from "./builder.js";
import { type Origins, Reducer } from "./reduce.js";

interface File {
  readonly name: string;
  readonly content: Buffer;
}

/** An index in short: of each array its length and checksum. */
function digest(builder: StoreBuilder) {
  const arrays = Object.entries(builder.build()).map(
    ([name, { buffer, byteOffset, byteLength }]) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      return `${name} ${byteLength} ${crc32(bytes)}`;
    },
  );
  return { arrays, unreadable: builder.unreadable };
}

/** What an index says of files, each whole. */
function whole(files: readonly File[]) {
  const builder = new StoreBuilder();
  for (const { name, content } of files) builder.add(name, "1", content, [0, 0]);
  return digest(builder);
}

/** The same of reduced files, where they can be reduced. */
function reduced(files: readonly File[]) {
  const builder = new StoreBuilder();
  const reducer = new Reducer();
  let size = 0;
  for (const { name, content } of files) {
    const origins: Origins = [];
    const out = Buffer.alloc(3 + 2 * content.length);
    const end = reducer.reduce(content, out, 3, origins);
    if (end === undefined) {
      builder.add(name, "1", content, [0, 0]);
      size += content.length;
    } else {
      builder.add(name, "1", out.subarray(3, end), [0, 0], origins);
      size += end - 3;
    }
  }
  return { ...digest(builder), size };
}

const EXAMPLE = `opam-version: "2.0"
# depends: "comment"
synopsis: "depends: \\"text\\""
description: """
depends: ["text"]"""
maintainer: ["me <me@example.org>" "you"] {a & (b | c)}
tags: ["x" "flags:conf"]
depends: [
  "a" {>= "1" & (with-test | os = "linux")} (* why (* not *) *)
  ("b" | "c" {= version})
]
depopts: "d"
conflicts: ["e" {< "2"} "f"]
conflict-class: "core"
available: [os != "win32" & !(arch = "x86_32")]
flags: [avoid-version light-uninstall]
build: [["dune" "build" "-p" name {?foo} "@%{x}%"]]
depexts: [["libfoo-dev"] {os-family = "debian"} ["foo"] {os = "macos"}]
x-data: [1 true -3 ("a" & "b")]
extra-source "patch" { src: "https://example.org/p" checksum: "md5=0" }
url { src: "https://example.org/a.tgz" checksum: ["sha256=0" "md5=1"] }
`;

test("a reduced file tells a scanner the same", () => {
  const files = [{ name: "p", content: Buffer.from(EXAMPLE) }];
  const { size, ...told } = reduced(files);
  expect(told).toEqual(whole(files));
  expect(told.unreadable).toEqual([]);
  expect(size).toBeLessThan(EXAMPLE.length * 0.7);
});

test("and of a malformed one where it is wrong", () => {
  const piece = fc.constantFrom(
    ...'"[](){}:&|!=<>#?\\\n '.split(""),
    ...'(* *) url flags: depends: a: 1 "x" >= ~= tags: """ version'.split(" "),
  );
  const edit = fc.tuple(fc.nat(EXAMPLE.length), fc.nat(6), piece);
  let refused = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let text = EXAMPLE;
      for (const [at, length, inserted] of edits) {
        text = text.slice(0, at) + inserted + text.slice(at + length);
      }
      const files = [{ name: "p", content: Buffer.from(text) }];
      const { size: _, ...told } = reduced(files);
      expect(told).toEqual(whole(files));
      refused += told.unreadable.length;
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(100);
});

test.skipIf(dataFolder === undefined)("a whole repository", { timeout: 60_000 }, async () => {
  const files: File[] = [];
  const archive = join(dataFolder as string, "repository.tar.zst");
  await readArchive(archive, (name, version, content) => {
    files.push({ name: `${name}.${version}`, content: Buffer.from(content) });
  });
  const { size, ...told } = reduced(files);
  expect(told).toEqual(whole(files));
  expect(size).toBeLessThan(files.reduce((sum, { content }) => sum + content.length, 0) / 3.5);
});
