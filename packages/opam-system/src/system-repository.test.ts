import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import fc from "fast-check";
import { expect, test } from "vitest";
import { repositoryPlan } from "./opam-repository.js";
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

test("whatever a distribution holds, nothing in the repository needs what is not in it", () => {
  const name = fc.constantFrom("lwt", "re", "menhir", "ppx-hash", "cstruct", "x", "y+z", "findlib");
  const version = fc.stringMatching(/^([0-9]:)?[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?$/);
  const library = fc.record({ name, version, needs: fc.array(name, { maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(library, { maxLength: 12 }), (libraries) => {
      const stanzas = libraries.map(
        (found, index) =>
          `Package: lib${found.name}-ocaml-dev\nVersion: ${found.version}\nProvides: hash-${index}\n` +
          `Depends: ocaml-4, ${found.needs.map((needed) => `lib${needed}-ocaml-dev`).join(", ")}\n`,
      );
      const compiler = "Package: ocaml-nox\nVersion: 4.13.1-4\n";
      const universe = debianUniverse({
        available: [compiler, ...stanzas].join("\n"),
        installed: "",
      });
      if (!universe) throw new Error("there is a compiler");
      const { packages } = systemRepository(universe);
      const present = new Set(packages.map((found) => `"${found.name}" {= "${found.version}"}`));
      for (const { name: own, version: ownVersion, files } of packages) {
        expect(`${own}.${ownVersion}`).toMatch(/^[\w+-]+\.[\w.+~-]+$/);
        const needs = String(files.get("opam")).match(/"[^"]+" \{= "[^"]+"\}/g) ?? [];
        expect(needs.filter((need) => !present.has(need))).toEqual([]);
        expect(needs).not.toContain(`"${own}" {= "${ownVersion}"}`);
      }
    }),
  );
});

const opam = spawnSync("opam", ["--version"]).status === 0;

test.skipIf(!opam)(
  "opam finds no fault in the packages",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "mirage-opam-system-"));
    try {
      const repository = systemRepository(recordedUniverse());
      await execute(repositoryPlan(repository, join(folder, "r")));
      const files = repository.packages.map(({ name, version }) =>
        join(folder, "r", "packages", name, `${name}.${version}`, "opam"),
      );
      const report = execFileSync("opam", ["lint", ...files], {
        env: { ...process.env, OPAMROOT: join(folder, "root"), OPAMROOTISOK: "1" },
        encoding: "utf8",
      });
      const passed = report.split("\n").filter((line) => line.endsWith(": Passed."));
      expect(passed.length).toBe(files.length);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  30_000,
);
