import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readDebianSnapshot } from "./snapshot.js";
import { type SystemPackage, systemPackages } from "./system-package.js";
import { recordedUniverse } from "./testdata/recorded.js";
import { debianUniverse } from "./universe.js";

const packages = systemPackages(recordedUniverse());

function versionOf(name: string): string | undefined {
  return packages.get(name)?.version;
}

test("opam's names and versions", () => {
  expect(versionOf("lwt")).toBe("5.6.1");
  expect(versionOf("lwt_ppx")).toBe("2.1.0");
  expect(versionOf("ppx_sexp_conv")).toBe("v0.15.1");
  expect(versionOf("macaddr")).toBe("5.3.1");
  expect(versionOf("menhirLib")).toBe("20220210");
  expect(versionOf("camlzip")).toBe("1.11");
  expect(versionOf("base-unix")).toBe("base");
  expect(versionOf("ocaml-nox")).toBeUndefined();
});

test("what it was built against, from the hashed names in apt's Depends", () => {
  expect(packages.get("lwt")?.depends).toEqual([
    "ocaml-compiler-libs",
    "ocplib-endian",
    "ppxlib",
    "react",
    "sexplib0",
  ]);
  expect(packages.get("cohttp-lwt")?.depends).toContain("ppx_sexp_conv");
  expect(packages.get("macaddr")?.depends).toContain("ipaddr");
  expect(packages.get("ipaddr")?.depends).not.toContain("ipaddr");
});

test("a package whose programs are in a Debian package of their own has both", () => {
  expect(packages.get("ocamlfind")?.debian).toEqual(["libfindlib-ocaml-dev", "ocaml-findlib"]);
  expect(packages.get("dune")?.debian).toEqual(["ocaml-dune"]);
});

const debian = existsSync("/var/lib/dpkg/status") && existsSync("/usr/lib/ocaml");
const here = debian ? debianUniverse(await readDebianSnapshot()) : undefined;

describe.skipIf(!here)("on this machine (where apt knows OCaml)", () => {
  const known = here ? systemPackages(here) : new Map<string, SystemPackage>();

  test("names the libraries as the installed ones name themselves", () => {
    const libraries = new Set([...known.values()].flatMap((found) => found.libraries));
    const fromCompiler = ["compiler-libs", "dynlink", "ocamldoc", "stdlib", "str"];
    const notInOpam = ["coq-menhirlib", "dune", "num-top"];
    const installed = readdirSync("/usr/lib/ocaml").filter(
      (name) =>
        existsSync(`/usr/lib/ocaml/${name}/META`) &&
        ![...fromCompiler, ...notInOpam].includes(name),
    );
    expect(installed.filter((name) => !libraries.has(name))).toEqual([]);
  });

  test("numbers the libraries as the installed ones number themselves", () => {
    const misnumberedInMeta = ["alcotest", "lwt_log", "ppx_sexp_conv", "reactiveData", "sexplib0"];
    const wrong: string[] = [];
    for (const { name, version, libraries } of known.values()) {
      const meta = `/usr/lib/ocaml/${libraries[0]}/META`;
      if (!existsSync(meta) || misnumberedInMeta.includes(name)) continue;
      const own = /^version *= *"v?([\d.]+)"/m.exec(readFileSync(meta, "utf8"))?.[1];
      if (own !== undefined && own !== version.replace(/^v/, "")) {
        wrong.push(`${name}: ${version}, META says ${own}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("finds every OCaml development package that is installed", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of dpkg-query(1)
    const format = "${Status} ${Package}\\n";
    const args = ["--show", "--showformat", format];
    const installed = execFileSync("dpkg-query", args, { encoding: "utf8" })
      .split("\n")
      .flatMap((line) => /^install ok installed (lib.+-ocaml-dev)$/.exec(line)?.[1] ?? []);
    const covered = new Set([...known.values()].flatMap((found) => found.debian));
    expect(installed.filter((name) => !covered.has(name))).toEqual([]);
  });
});
