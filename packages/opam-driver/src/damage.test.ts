import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EnsureOptions, ensureInstalled, installationPlan } from "./ensure-installed.js";
import { requestIn } from "./testdata/held-build.js";

const hasOpam = spawnSync("opam", ["--version"]).status === 0;
const timeout = 60_000;

describe.skipIf(!hasOpam)("damage, with opam (skipped where it is not installed)", () => {
  let folder: string;
  let request: EnsureOptions;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
    request = requestIn(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each<[string, (root: string) => void]>([
    ["a root without its configuration", (root) => rmSync(join(root, "config"))],
    ["a root whose configuration is empty", (root) => truncateSync(join(root, "config"))],
    ["a root whose configuration is cut short", (root) => truncateSync(join(root, "config"), 700)],
    ["a root whose repositories are lost", (root) => truncateSync(join(root, "repo/repos-config"))],
    [
      "a root whose repository is rubbish",
      (root) => {
        writeFileSync(join(root, "repo/all.tar.gz"), "rubbish");
        rmSync(join(root, "repo", stateCache(root)));
        rmSync(join(root, "mirage-1/.opam-switch/switch-state"));
      },
    ],
    ["a switch that is cut short", (root) => truncateSync(stateOf(root), 30)],
    ["a switch without its configuration", (root) => rmSync(configOf(root))],
    ["a switch that is gone", (root) => rmSync(join(root, "mirage-1"), { recursive: true })],
    ["a root that is gone", (root) => rmSync(root, { recursive: true })],
  ])(
    "%s is made anew",
    async (_, damage) => {
      await ensureInstalled(request);
      damage(request.target.root);
      expect((await ensureInstalled(request)).packages.get("slow")).toBe("1");
      expect(await installationPlan(request)).toEqual([]);
      expect(existsSync(stateOf(request.target.root))).toBe(true);
    },
    timeout,
  );

  const stateOf = (root: string) => join(root, "mirage-1/.opam-switch/switch-state");
  const configOf = (root: string) => join(root, "mirage-1/.opam-switch/switch-config");

  function stateCache(root: string): string {
    return readdirSync(join(root, "repo")).find((name) => name.startsWith("state-")) ?? "";
  }

  test(
    "what a killed mirage left half-made is made anew",
    async () => {
      await ensureInstalled(request);
      rmSync(request.target.root, { recursive: true });
      mkdirSync(join(request.target.root, "repo"), { recursive: true });
      expect((await ensureInstalled(request)).packages.get("slow")).toBe("1");

      const [notes = ""] = readdirSync(join(folder, "switches"));
      const path = join(folder, "switches", notes);
      for (const underWay of ["root", "switch", "install"]) {
        const text = readFileSync(path, "utf8");
        writeFileSync(path, text.replace('"satisfied"', `"underWay": "${underWay}", "satisfied"`));
        expect((await ensureInstalled(request)).packages.get("slow")).toBe("1");
        expect(readFileSync(path, "utf8")).not.toContain("underWay");
      }
    },
    timeout,
  );
});
