import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const extension = join(import.meta.dirname, "..");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-vsix-"));
  const vsix = join(folder, "mirage-conf.vsix");
  execFileSync(process.execPath, ["pack.mjs", vsix], { cwd: extension });
  execFileSync("python3", ["-m", "zipfile", "-e", vsix, folder]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): string {
  return readFileSync(join(folder, "extension", path), "utf8");
}

test("the package has what its manifest names, and no sources", () => {
  const files = execFileSync("find", ["extension", "-type", "f"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(files.trim().split("\n").sort()).toEqual([
    "extension/LICENSE.txt",
    "extension/dist/extension.cjs",
    "extension/language-configuration.json",
    "extension/package.json",
    "extension/readme.md",
    "extension/syntaxes/mirage-conf.tmLanguage.json",
  ]);
});

test("VS Code is told of the language, its grammar and when to start", () => {
  const { contributes, main } = JSON.parse(read("package.json"));
  expect(contributes.languages[0].id).toBe("mirage-conf");
  for (const path of [main, contributes.grammars[0].path, contributes.languages[0].configuration]) {
    expect(read(path)).not.toBe("");
  }
  expect(readFileSync(join(folder, "extension.vsixmanifest"), "utf8")).toContain(
    'Id="mirage-conf"',
  );
});

test("the script needs nothing but VS Code and Node.js", () => {
  const required = [...read("dist/extension.cjs").matchAll(/\brequire\([`"']([^`"']+)[`"']\)/g)];
  const names = [...new Set(required.map(([, name = ""]) => name))];
  expect(names).toContain("vscode");
  expect(names.filter((name) => name !== "vscode" && !isBuiltin(name))).toEqual([]);
});
