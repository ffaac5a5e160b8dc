import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EnsureOptions, ensureInstalled, installationPlan } from "./ensure-installed.js";
import { readRoots } from "./switch-state.js";
import { switchStatePath, userTarget } from "./target.js";
import { requestIn } from "./testdata/held-build.js";

const hasOpam = spawnSync("opam", ["--version"]).status === 0;
const timeout = 60_000;

describe.skipIf(!hasOpam)("recovery, with opam (skipped where it is not installed)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function options(more: Partial<EnsureOptions> = {}): EnsureOptions {
    return { ...requestIn(folder), ...more };
  }

  function hold(): void {
    writeFileSync(join(folder, "hold"), "");
  }

  function letGo(): void {
    rmSync(join(folder, "hold"));
  }

  /** Starts an installation and waits until it builds. */
  async function building(request: EnsureOptions): Promise<{ outcome: Promise<unknown> }> {
    hold();
    return await new Promise((resolve) => {
      const outcome = ensureInstalled({
        ...request,
        onProgress: ({ text }) => {
          if (text?.startsWith("building slow")) resolve({ outcome });
        },
      }).catch((error: unknown) => error);
    });
  }

  function opamProcesses(): number[] {
    const { stdout } = spawnSync("pgrep", ["-f", "^opam install"], { encoding: "utf8" });
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map(Number)
      .filter(isOurs);
  }

  function isOurs(pid: number): boolean {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
  }

  test(
    "opam killed while it builds: the next run takes it up",
    async () => {
      const request = options();
      const { outcome } = await building(request);
      for (const pid of opamProcesses()) process.kill(pid, "SIGKILL");
      expect(await outcome).toMatchObject({ code: "ERR_MIRAGE_OPAM_KILLED" });
      letGo();
      expect((await ensureInstalled(request)).packages.get("slow")).toBe("1");
    },
    timeout,
  );

  test(
    "interrupted while it builds: nothing is left running, the next run takes it up",
    async () => {
      const controller = new AbortController();
      const request = options({ signal: controller.signal });
      const { outcome } = await building(request);
      expect(opamProcesses()).not.toEqual([]);
      controller.abort();
      expect(await outcome).toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
      expect(opamProcesses()).toEqual([]);
      letGo();
      const { signal: _, ...again } = request;
      expect((await ensureInstalled(again)).packages.get("slow")).toBe("1");
    },
    timeout,
  );

  test(
    "two at once: one waits, and then has nothing to do",
    async () => {
      const request = options();
      const { outcome } = await building(request);
      const progress: string[] = [];
      const second = ensureInstalled({
        ...request,
        onProgress: ({ task }) => {
          progress.push(task);
          if (task.startsWith("waiting for another mirage")) letGo();
        },
      });
      expect((await second).packages.get("slow")).toBe("1");
      expect(await outcome).toHaveProperty("packages");
      expect(progress).toEqual([
        `waiting for another mirage (process ${process.pid}) to finish with opam`,
      ]);
    },
    timeout,
  );

  test(
    "a user's own switch is used as it is, and never made anew",
    async () => {
      const root = join(folder, "own");
      const env = { ...process.env, OPAMROOT: root, OPAMROOTISOK: "1", OPAMYES: "1" };
      const target = userTarget(join(folder, "data"), { root, switch: "mine" });
      const request = options({ target });
      await expect(ensureInstalled(request)).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NO_ROOT",
      });

      mkdirSync(join(folder, "empty", "packages"), { recursive: true });
      writeFileSync(join(folder, "empty", "repo"), 'opam-version: "2.0"\n');
      const opam = (...args: string[]) => {
        const { status, stderr } = spawnSync("opam", args, { env, encoding: "utf8" });
        if (status !== 0) throw new Error(stderr);
      };
      opam("init", "--bare", "--disable-sandboxing", "--no-setup", "empty", join(folder, "empty"));
      opam("switch", "create", "mine", "--empty");
      await expect(
        ensureInstalled({ ...request, target: { ...target, switch: "mien" } }),
      ).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NO_SWITCH",
        hint: "did you mean mine? it has mine",
      });

      expect(Object.fromEntries((await ensureInstalled(request)).packages)).toEqual({
        quick: "1",
        slow: "1",
      });
      expect(await installationPlan(request)).toEqual([]);

      opam("remove", "quick", "slow", "--switch=mine");
      await ensureInstalled({ ...request, dependencies: [{ name: "quick", version: "1" }] });
      expect([...(await readRoots(target))]).toEqual(["slow"]);

      truncateSync(switchStatePath(target), 30);
      await expect(ensureInstalled(request)).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NO_SWITCH",
      });
    },
    timeout,
  );
});
