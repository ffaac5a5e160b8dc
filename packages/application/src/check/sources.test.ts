import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConf } from "@mirage/conf";
import { expect, onTestFinished, test } from "vitest";
import { isMadeByDune, readSources } from "./sources.js";

test("links and large files make modules; devices and broken links do not", () => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-sources-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "lib"));
  writeFileSync(join(folder, "lib/shared.ml"), "let a = 1\n");
  symlinkSync("lib/shared.ml", join(folder, "linked.ml"));
  writeFileSync(join(folder, "large.ml"), `(*${" ".repeat(1024 * 1024)}*)\n`);
  symlinkSync("/dev/zero", join(folder, "device.ml"));
  symlinkSync("nothing.ml", join(folder, "broken.ml"));
  symlinkSync("loop.ml", join(folder, "loop.ml"));
  const { files, modules } = readSources(folder, new Set());
  expect(modules).toEqual(["Large", "Linked"]);
  expect([...files]).toEqual([["linked.ml", "let a = 1\n"]]);
});

test("a module that a rule makes is there, in whatever way dune is told of it", () => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-sources-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "gen"));
  const { configuration } = parseConf("main-noip: Hello.main\n", join(folder, "hello.conf"));
  if (!configuration) throw new Error("the .conf file is refused");
  const made = (text: string) => {
    writeFileSync(join(folder, "gen/dune"), text);
    return isMadeByDune(configuration, "Hello");
  };
  expect(
    [
      "(rule (targets hello.ml) (action (run ./make.exe)))",
      "(rule (with-stdout-to Hello.mli (echo)))",
      "(ocamllex hello)",
      "(menhir (modules tokens hello))",
      "(rule (targets hello.txt other_hello.ml))",
      "(library (name hello))",
    ].map(made),
  ).toEqual([true, true, true, true, false, false]);
});
