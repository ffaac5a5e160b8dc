import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { expect, test } from "vitest";
import { repositoryPlan } from "./opam-repository.js";
import { readDebianSnapshot } from "./snapshot.js";
import { systemRepository } from "./system-repository.js";
import { recordedUniverse } from "./testdata/recorded.js";
import { debianUniverse } from "./universe.js";

function opamOf(name: string): string {
  const found = systemRepository(recordedUniverse()).packages.find((p) => p.name === name);
  return String(found?.files.get("opam"));
}

test("a library: built against exact versions, with the Debian package to install", () => {
  expect(opamOf("stringext")).toMatchInlineSnapshot(`
    "opam-version: "2.0"
    synopsis: "Extra string functions for OCaml (dev files)"
    maintainer: "Debian OCaml Maintainers <debian-ocaml-maint@lists.debian.org>"
    authors: "see the homepage"
    homepage: "https://github.com/rgrinberg/stringext"
    bug-reports: "https://bugs.debian.org/ocaml-stringext"
    depends: [
      "ocaml-system" {= "4.13.1"}
    ]
    depexts: [["libstringext-ocaml-dev"] {os-family = "debian"}]
    "
  `);
  expect(opamOf("uri-sexp")).toMatchInlineSnapshot(`
    "opam-version: "2.0"
    synopsis: "RFC3986 URI/URL parsing library in OCaml (dev)"
    maintainer: "Debian OCaml Maintainers <debian-ocaml-maint@lists.debian.org>"
    authors: "see the homepage"
    homepage: "https://github.com/mirage/ocaml-uri"
    bug-reports: "https://bugs.debian.org/ocaml-uri"
    depends: [
      "ocaml-system" {= "4.13.1"}
      "angstrom" {= "0.15.0"}
      "sexplib0" {= "v0.15.1"}
      "stringext" {= "1.6.0"}
      "uri" {= "4.2.0"}
    ]
    depexts: [["liburi-ocaml-dev"] {os-family = "debian"}]
    "
  `);
});

test("the compiler", () => {
  expect(opamOf("ocaml-system")).toMatchInlineSnapshot(`
    "opam-version: "2.0"
    synopsis: "Transitional package for ocaml"
    maintainer: "Debian OCaml Maintainers <debian-ocaml-maint@lists.debian.org>"
    authors: "see the homepage"
    homepage: "https://ocaml.org/"
    bug-reports: "https://bugs.debian.org/ocaml"
    flags: compiler
    available: sys-ocaml-version = "4.13.1"
    setenv: [
      [OCAMLPATH += "%{lib}%"]
      [CAML_LD_LIBRARY_PATH += "%{lib}%/stublibs"]
    ]
    depexts: [["ocaml-nox"] {os-family = "debian"}]
    "
  `);
  expect(opamOf("ocaml")).toMatchInlineSnapshot(`
    "opam-version: "2.0"
    synopsis: "Transitional package for ocaml"
    maintainer: "Debian OCaml Maintainers <debian-ocaml-maint@lists.debian.org>"
    authors: "see the homepage"
    homepage: "https://ocaml.org/"
    bug-reports: "https://bugs.debian.org/ocaml"
    depends: [
      "ocaml-system" {= "4.13.1"}
    ]
    "
  `);
});

test("the same data give the same repository, whatever their order", () => {
  const universe = recordedUniverse();
  const reversed = { ...universe, packages: new Map([...universe.packages].reverse()) };
  expect(systemRepository(reversed).fingerprint).toBe(systemRepository(universe).fingerprint);
});

const opam = spawnSync("opam", ["--version"]).status === 0;
const apt = spawnSync("apt-cache", ["--version"]).status === 0;

test.skipIf(!opam || !apt)(
  "opam finds no fault in this machine's packages",
  async (context) => {
    const universe = debianUniverse(await readDebianSnapshot());
    if (!universe) return context.skip("apt knows no OCaml here");
    const folder = mkdtempSync(join(tmpdir(), "mirage-opam-system-"));
    try {
      await execute(repositoryPlan(systemRepository(universe), join(folder, "r")));
      const files = readdirSync(join(folder, "r"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith("/opam"))
        .map((path) => join(folder, "r", path));
      const report = execFileSync("opam", ["lint", ...files], {
        env: { ...process.env, OPAMROOT: join(folder, "root"), OPAMROOTISOK: "1" },
        encoding: "utf8",
      });
      const passed = report.split("\n").filter((line) => line.endsWith(": Passed."));
      expect(passed.length).toBe(files.length);
      expect(files.length).toBeGreaterThan(50);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  30_000,
);
