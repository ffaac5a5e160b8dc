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
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EnsureOptions, ensureInstalled, installationPlan } from "./ensure-installed.js";
import { privateTarget, switchStatePath, userTarget } from "./target.js";
import { testRepository } from "./testdata/test-repository.js";

const hasOpam = spawnSync("opam", ["--version"]).status === 0;
const timeout = 60_000;

/** A request for a package whose build does not end as long as there is a file `hold`. */
function requestIn(folder: string): EnsureOptions {
  const wait = `while [ -e ${folder}/hold ]; do sleep 0.1; done`;
  return {
    target: privateTarget(folder, "1"),
    compiler: { name: "test-compiler", version: "1" },
    packages: [{ name: "slow" }],
    repositories: [
      testRepository("all", {
        "test-compiler.1": "flags: compiler",
        "quick.1": "",
        "slow.1": `depends: "quick"\nbuild: ["sh" "-c" "${wait}"]`,
      }),
    ],
    systemPackages: [],
    log: join(folder, "opam.log"),
  };
}

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
        onProgress: (text) => {
          if (text.startsWith("building slow")) resolve({ outcome });
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
        onProgress: (text) => {
          progress.push(text);
          if (text.startsWith("waiting for another mirage")) letGo();
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

      truncateSync(switchStatePath(target), 30);
      await expect(ensureInstalled(request)).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NO_SWITCH",
      });
    },
    timeout,
  );
});

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
