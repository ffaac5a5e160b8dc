import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EnsureOptions, ensureInstalled } from "./ensure-installed.js";
import { privateTarget } from "./target.js";
import { testRepository } from "./testdata/test-repository.js";

const hasOpam = spawnSync("opam", ["--version"]).status === 0;
const timeout = 60_000;
const canMount = process.geteuid?.() === 0;

describe.skipIf(!hasOpam || !canMount)("a full disk (skipped without the right to mount)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
    const args = ["-t", "tmpfs", "-o", "size=24m", "tmpfs", folder];
    expect(spawnSync("mount", args).status).toBe(0);
  });
  afterEach(() => {
    spawnSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    "is said to be full, and nothing is broken when there is room again",
    async () => {
      writeFileSync(join(folder, "hold"), "");
      const build = `[ ! -e ${folder}/hold ] || dd if=/dev/zero of=big bs=1M count=30`;
      const request: EnsureOptions = {
        target: privateTarget(folder, "1"),
        compiler: { name: "test-compiler", version: "1" },
        packages: [{ name: "big" }],
        repositories: [
          testRepository("all", {
            "test-compiler.1": "flags: compiler",
            "big.1": `build: ["sh" "-c" "${build}"]`,
          }),
        ],
        systemPackages: [],
        log: join(folder, "opam.log"),
      };
      const full = { code: "ERR_MIRAGE_DISK_FULL" };
      await expect(ensureInstalled(request)).rejects.toMatchObject(full);

      rmSync(join(folder, "opam"), { recursive: true });
      writeFileSync(join(folder, "ballast"), Buffer.alloc(12 * 1024 * 1024));
      await expect(ensureInstalled(request)).rejects.toMatchObject({
        ...full,
        message: expect.stringContaining("are free on the disk of"),
      });

      rmSync(join(folder, "ballast"));
      rmSync(join(folder, "hold"));
      expect((await ensureInstalled(request)).packages.get("big")).toBe("1");
    },
    timeout,
  );
});
