import { expect, test } from "vitest";
import { debianRequirements } from "./requirements.js";
import type { RuntimeSource } from "./runtime-source.js";
import { recordedUniverse } from "./testdata/recorded.js";

function runtime(name: string, depends: string): RuntimeSource {
  return { name, release: "1.0.0", opam: `depends: [${depends}]`, files: new Map() };
}

const runtimes = [
  runtime("x-http", '"x-net" {= version} "uri" "alcotest" {with-test}'),
  runtime("x-net", '"dune" {>= "2.9"} "ipaddr"'),
  runtime("x-other", '"logs"'),
];

test("the compiler, and what our packages and those asked for need", () => {
  const needed = debianRequirements(recordedUniverse(), runtimes, ["x-http", "fmt", "unknown"]);
  const direct = ["liburi-ocaml-dev", "libipaddr-ocaml-dev", "libfmt-ocaml-dev", "ocaml-dune"];
  const indirect = ["libstringext-ocaml-dev", "ocaml-nox"];
  expect(needed).toEqual(expect.arrayContaining([...direct, ...indirect]));
  expect(needed).not.toContain("libalcotest-ocaml-dev");
  expect(needed).not.toContain("liblogs-ocaml-dev");
  expect(needed).toEqual([...new Set(needed)].sort());
});

test("only the compiler when nothing is asked for", () => {
  expect(debianRequirements(recordedUniverse(), runtimes, [])).toEqual(["ocaml-nox"]);
});
