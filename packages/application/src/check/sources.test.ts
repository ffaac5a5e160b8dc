import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSources } from "./sources.js";

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
