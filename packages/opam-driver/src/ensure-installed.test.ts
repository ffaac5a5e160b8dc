import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePlan, execute } from "@mirage/plan";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EnsureOptions, ensureInstalled, installationPlan } from "./ensure-installed.js";
import { installationStatus } from "./installation-status.js";
import { type OpamTarget, privateTarget } from "./target.js";
import { testRepository } from "./testdata/test-repository.js";

const hasOpam = spawnSync("opam", ["--version"]).status === 0;
const timeout = 60_000;

const compiler = { name: "test-compiler", version: "1" };
const installTool =
  'install: ["sh" "-c" "mkdir -p %{bin}% && echo made by %{name}% > %{bin}%/tool"]';

const base = testRepository("base", { "test-compiler.1": "flags: compiler" });
const apps = testRepository("apps", {
  "tool.1": installTool,
  "tool.2": `${installTool}\ndepends: ["helper"]`,
  "helper.1": "",
  "broken.1": 'build: ["sh" "-c" "echo compiling; echo Error: no such module >&2; exit 2"]',
  "contrary.1": 'conflicts: ["helper"]',
  "remote.1":
    'url { src: "http://127.0.0.1:1/a.tar.gz" checksum: "md5=d41d8cd98f00b204e9800998ecf8427e" }',
});

describe.skipIf(!hasOpam)("with opam (skipped where it is not installed)", () => {
  let folder: string;
  let target: OpamTarget;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
    target = privateTarget(folder, "1");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function options(packages: EnsureOptions["packages"], more: Partial<EnsureOptions> = {}) {
    const log = join(folder, "logs", "opam.log");
    const repositories = [apps, base];
    return { target, compiler, packages, repositories, systemPackages: [], log, ...more };
  }

  /** Runs without any program on the PATH. */
  async function withoutPrograms<T>(work: () => Promise<T>): Promise<T> {
    const path = process.env.PATH;
    process.env.PATH = join(folder, "nothing-here");
    try {
      return await work();
    } finally {
      process.env.PATH = path;
    }
  }

  test("without opam: the command that brings it", async () => {
    const request = options([{ name: "tool" }], { systemPackages: ["mirage-no-such-package"] });
    await withoutPrograms(async () => {
      const error = await ensureInstalled(request).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "ERR_MIRAGE_OPAM_MISSING" });
      expect(error).toHaveProperty(
        "hint",
        expect.stringMatching(/apt-get install .* opam mirage-no-such-package$/),
      );
    });
  });

  test("says what it would do, and touches nothing", async () => {
    const plan = await installationPlan(options([{ name: "tool", version: "1" }]));
    expect(
      describePlan(plan, { cwd: "/" })
        .replaceAll(folder, "DATA")
        .replaceAll(/repositories\/\w+/g, "repositories/KEY"),
    ).toMatchInlineSnapshot(`
      "do      write the opam repository apps: DATA/repositories/KEY/apps-test2
      do      write the opam repository base: DATA/repositories/KEY/base-test1
      do      set up a private opam root: DATA/opam
      do      let opam use the repository base: DATA/repositories/KEY/base-test1
      do      create the opam switch mirage-1: test-compiler.1
      do      install with opam: tool.1"
    `);
    expect(readdirSync(folder)).toEqual([]);
  });

  test(
    "makes root and switch, installs, and then has nothing to do",
    async () => {
      const request = options([{ name: "tool", version: "1" }]);
      const progress: string[] = [];
      const installed = await ensureInstalled({
        ...request,
        onProgress: ({ task, text }) => progress.push(text ?? task),
      });
      expect(Object.fromEntries(installed.packages)).toEqual({ "test-compiler": "1", tool: "1" });
      expect(readFileSync(join(installed.binDir, "tool"), "utf8")).toBe("made by tool\n");
      expect(progress).toContain("set up a private opam root");
      expect(progress).toContain("installed tool.1");
      expect(readFileSync(request.log, "utf8")).toContain("$ opam install --verbose tool.1");

      await withoutPrograms(async () => {
        expect(await ensureInstalled(request)).toMatchObject({ packages: installed.packages });
        expect(await installationPlan(request)).toEqual([]);
        const wider = { ...request, systemPackages: ["mirage-no-such-package"] };
        const dependencies = [{ name: "helper", version: "1" }];
        expect(await installationStatus({ ...wider, dependencies })).toEqual({
          installed: [{ name: "tool", version: "1" }],
          missing: [{ name: "helper", version: "1" }],
          missingSystemPackages: ["mirage-no-such-package"],
        });
        expect(await installationStatus(options([{ name: "tool", version: "2" }]))).toMatchObject({
          missing: [{ name: "tool", version: "2" }],
        });
      });

      const [command = "", ...words] = installed.exec;
      const shell = spawnSync(command, [
        ...words,
        "sh",
        "-c",
        "echo $OPAM_SWITCH_PREFIX; which tool",
      ]);
      expect(`${shell.stdout}`).toContain(join(target.root, target.switch));
    },
    timeout,
  );

  test(
    "another version replaces the first; what was asked before is known to be gone",
    async () => {
      const { packages } = await ensureInstalled(options([{ name: "tool", version: "2" }]));
      expect(packages.get("tool")).toBe("2");
      expect(packages.get("helper")).toBe("1");
      const plan = await installationPlan(options([{ name: "tool", version: "1" }]));
      expect(plan.map((action) => action.kind === "step" && action.title)).toEqual([
        "install with opam",
      ]);
    },
    timeout,
  );

  test(
    "performing the plan does the same as asking directly",
    async () => {
      const request = options([{ name: "helper" }]);
      await execute(await installationPlan(request));
      expect(await installationPlan(request)).toEqual([]);
    },
    timeout,
  );

  test(
    "another content of a repository takes the place of the one before",
    async () => {
      const fresh = testRepository("apps", { "tool.3": installTool });
      const request = options([{ name: "tool", version: "3" }], { repositories: [fresh, base] });
      expect((await ensureInstalled(request)).packages.get("tool")).toBe("3");
      const kept = readdirSync(join(folder, "repositories"), { recursive: true, encoding: "utf8" });
      expect(kept.filter((path) => /^\w+\/apps-[^/]*$/.test(path))).toHaveLength(1);
    },
    timeout,
  );

  test(
    "failures say why",
    async () => {
      const failing = (...names: string[]) =>
        ensureInstalled(options(names.map((name) => ({ name }))));
      await expect(failing("helperr")).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NOT_FOUND",
        message: "there is no opam package helperr",
        hint: "did you mean helper?",
      });
      await expect(failing("broken")).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_BUILD_FAILED",
        message: "broken.1 failed to build:\ncompiling\nError: no such module",
      });
      await expect(failing("contrary", "helper")).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_CONFLICT",
      });
      await expect(failing("remote")).rejects.toMatchObject({
        code: "ERR_MIRAGE_OPAM_NETWORK",
        message: "opam could not download the sources of remote.1",
      });
      expect((await ensureInstalled(options([{ name: "helper" }]))).packages.get("helper")).toBe(
        "1",
      );
    },
    timeout,
  );

  test(
    "a switch built against other packages of the distribution is made anew",
    async () => {
      const request = options([{ name: "helper" }]);
      const [notes = ""] = readdirSync(join(folder, "switches"));
      const path = join(folder, "switches", notes);
      const text = readFileSync(path, "utf8").replace(
        /"systemPackages": \{[^}]*\}/,
        '"systemPackages": { "mirage-no-such-package": "1" }',
      );
      writeFileSync(path, text.replace(/"dpkgStamp": "[^"]*"/, '"dpkgStamp": "other"'));
      const plan = await installationPlan(request);
      expect(describePlan(plan, { cwd: "/" })).toContain(
        "mirage-no-such-package changed since it was made",
      );
      const { packages } = await ensureInstalled(request);
      expect(Object.fromEntries(packages)).toEqual({ helper: "1", "test-compiler": "1" });
    },
    timeout,
  );
});
