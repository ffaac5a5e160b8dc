import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Lock, printLock, readLock } from "./lock.js";

const sum = (digit: string) => `sha256=${digit.repeat(64)}`;

const lock: Lock = {
  name: "www",
  packages: [
    { name: "lwt", version: "5.6.1", checksum: sum("1") },
    { name: "dune", version: "3.6.1", checksum: sum("2") },
    { name: "ours", version: "0.1.0+3f2a" },
  ],
};

test("a lock is an opam file, in the order of names", () => {
  expect(printLock(lock)).toBe(`opam-version: "2.0"
name: "www"
synopsis: "Exact versions of what www is built with"
maintainer: "unknown"
authors: "unknown"
depends: [
  "dune" {= "3.6.1"}
  "lwt" {= "5.6.1"}
  "ours" {= "0.1.0+3f2a"}
]
x-mirage-checksums: [
  "dune.3.6.1 ${sum("2")}"
  "lwt.5.6.1 ${sum("1")}"
]
`);
  const reversed = { ...lock, packages: [...lock.packages].reverse() };
  expect(printLock(reversed)).toBe(printLock(lock));
});

test("what is written is read", async () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_+-]{0,8}$/);
  const version = fc.stringMatching(/^[0-9][0-9a-z.+~-]{0,8}$/);
  const checksum = fc.option(fc.constantFrom(sum("a"), sum("b")), { nil: undefined });
  const packages = fc.uniqueArray(
    fc
      .record({ name, version, checksum })
      .map(({ checksum, ...id }) => (checksum === undefined ? id : { ...id, checksum })),
    { selector: (pkg) => pkg.name },
  );
  await fc.assert(
    fc.property(name, packages, (name, packages) => {
      const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
      const text = printLock({ name, packages });
      expect(readLock(text, "a.opam.locked")).toEqual({ name, packages: sorted });
    }),
  );
});

test("a lock by `opam lock` is read: no checksums, other fields, packages for tests", () => {
  const text = `opam-version: "2.0"
version: "1.0"
synopsis: "A site"
depends: [
  "alcotest" {= "1.5.0" & with-test}
  "base-unix" {= "base"}
  "ocaml" {= "5.1.0"}
]
build: ["dune" "build"]
`;
  expect(readLock(text, "folder/site.opam.locked")).toEqual({
    name: "site",
    packages: [
      { name: "base-unix", version: "base" },
      { name: "ocaml", version: "5.1.0" },
    ],
  });
});

test.each([
  ['depends: ["lwt" {>= "5"}]', "`lwt` is not locked to one version"],
  ['depends: ["lwt"]', "`lwt` is not locked to one version"],
  ['depends: ["a" {= "1"} "b" {= "1"} | "c" {= "1"}]', "a lock has no alternatives"],
  ['depends: ["a" {= "1"} | "c" {= "1"}]', "a lock has no alternatives"],
  ['depends: ["a" {= "1"} "a" {= "2"}]', "`a` is locked to two versions, 1 and 2"],
  ['x-mirage-checksums: ["a.1"]', "`x-mirage-checksums` is not a list of packages with checksums"],
  ["depends: [1]", "expected a package"],
  ['depends: ["a" {= "1"', ""],
])("%s is refused with its place", (text, message) => {
  const thrown = () => readLock(`opam-version: "2.0"\n${text}\n`, "x.opam.locked");
  expect(thrown).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      span: expect.objectContaining({ file: "x.opam.locked" }),
    }),
  );
});

test("a name that opam cannot use is refused", () => {
  expect(() => printLock({ name: "1.2", packages: [] })).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_OPAM_LOCK" }),
  );
});
