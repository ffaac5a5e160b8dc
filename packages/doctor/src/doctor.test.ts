import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { callCheck, nodeCheck, packagesCheck, programCheck, roomCheck } from "./checks.js";
import { credentialsCheck } from "./credentials.js";
import { emulationCheck } from "./emulation.js";
import { describeFix, type Finding, planFixes } from "./index.js";
import { isAtLeast } from "./look.js";

let folder: string;
beforeEach(() => {
  const before = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), "mirage-doctor-"));
  return () => {
    process.env = before;
    rmSync(folder, { recursive: true });
  };
});

/** A program that only this test finds. */
function program(name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A PATH with what the test puts there and nothing else. */
function onlyThat(): void {
  process.env.PATH = folder;
}

const tool = {
  name: "the tool",
  program: "mirage-test-tool",
  version: ["--version"],
  minimum: "2.1",
  use: "to test",
  packages: ["tool"],
};

test("versions compare by their numbers", () => {
  const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 });
  const padded = (numbers: readonly number[]) => numbers.concat(0, 0, 0, 0).slice(0, 4);
  const weight = (numbers: readonly number[]) =>
    padded(numbers).reduce((sum, n) => sum * 31 + n, 0);
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(isAtLeast(a.join("."), b.join("."))).toBe(weight(a) >= weight(b));
    }),
  );
});

describe("a program", () => {
  test("that is there and new enough", async () => {
    program(tool.program, "echo 'tool version 2.10.1 (of today)'");
    onlyThat();
    expect(await programCheck(tool).examine()).toEqual({ state: "ok", detail: "2.10.1" });
  });

  test("that is too old", async () => {
    program(tool.program, "echo 2.0.9");
    onlyThat();
    expect(await programCheck(tool).examine()).toMatchObject({
      state: "missing",
      detail: "2.0.9 is too old; needed is 2.1",
    });
  });

  test("that is missing comes with its packages, where apt is", async () => {
    onlyThat();
    const without = await programCheck(tool).examine();
    expect(without).toMatchObject({ state: "missing", advice: expect.stringContaining("tool") });
    expect(without).not.toHaveProperty("fix");
    program("apt-get", "");
    expect(await programCheck({ ...tool, state: "optional" }).examine()).toMatchObject({
      state: "optional",
      fix: { kind: "packages", names: ["tool"] },
    });
  });

  test("that does not run is installed again", async () => {
    program(tool.program, "exit 1");
    program("apt-get", "");
    process.env.PATH = folder;
    const { detail, fix } = await programCheck(tool).examine();
    expect(detail).toContain("does not run");
    expect(fix && describeFix(fix)).toContain("--reinstall tool");
  });
});

test("packages: only the missing ones are asked for", async () => {
  program("apt-get", "");
  program("dpkg-query", 'test "$4" = one && echo installed || { echo not-installed; exit 0; }');
  onlyThat();
  expect(await packagesCheck("libraries", ["one", "two", "three"], "to test").examine()).toEqual({
    state: "missing",
    detail: "two three not installed; needed to test",
    fix: { kind: "packages", names: ["two", "three"] },
  });
  expect(await packagesCheck("libraries", ["one"], "to test").examine()).toMatchObject({
    state: "ok",
  });
});

test("this Node.js is new enough, and another would not be", async () => {
  expect(await nodeCheck("20.19").examine()).toMatchObject({ state: "ok" });
  expect(await nodeCheck("999.0").examine()).toMatchObject({ state: "missing" });
});

test("room: free space, and the right to write where the folder will be", async () => {
  const inside = join(folder, "a", "b");
  expect(await roomCheck("space", inside, 0).examine()).toMatchObject({ state: "ok" });
  expect(await roomCheck("space", inside, 1e12).examine()).toMatchObject({
    state: "missing",
    detail: expect.stringContaining("a first build takes"),
  });
});

test.skipIf(process.getuid?.() === 0)(
  "room: without the right (needs another user than root)",
  async () => {
    mkdirSync(join(folder, "closed"), { mode: 0o500 });
    expect(await roomCheck("space", join(folder, "closed", "x"), 0).examine()).toMatchObject({
      state: "missing",
      detail: expect.stringContaining("may not write"),
    });
  },
);

test("what throws an error that is none of mirage's is a bug, and stays one", async () => {
  const check = callCheck("call", () => {
    throw new TypeError("a bug");
  });
  await expect(check.examine()).rejects.toThrow("a bug");
});

test("credentials: where they are is said, never what they are", async () => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("AWS_")) delete process.env[name];
  process.env.HOME = folder;
  expect(await credentialsCheck.examine()).toMatchObject({ state: "optional" });
  process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "very secret";
  expect(await credentialsCheck.examine()).toEqual({ state: "ok", detail: "in the environment" });
  delete process.env.AWS_ACCESS_KEY_ID;
  mkdirSync(join(folder, ".aws"));
  writeFileSync(join(folder, ".aws", "credentials"), "aws_secret_access_key = very secret\n");
  expect(await credentialsCheck.examine()).toEqual({
    state: "ok",
    detail: `in ${folder}/.aws/credentials`,
  });
});

describe("fixes", () => {
  const missing = (fix: Finding["fix"]): Finding => ({
    state: "missing",
    detail: "",
    ...(fix && { fix }),
  });
  const findings = [
    missing({ kind: "packages", names: ["opam"] }),
    missing(undefined),
    missing({ kind: "command", words: ["modprobe", "tun"], asRoot: true }),
    missing({ kind: "packages", names: ["gcc", "opam"] }),
    missing({ kind: "command", words: ["modprobe", "tun"], asRoot: true }),
  ];

  test("all packages are installed at once, each command is run once", async () => {
    program("sudo", "");
    onlyThat();
    const prefix = process.getuid?.() === 0 ? "" : "sudo ";
    const plan = await planFixes(findings);
    expect(plan.map((action) => (action.kind === "run" ? action.title : ""))).toEqual([
      `${prefix}apt-get update`,
      `${prefix}apt-get install -y --no-install-recommends opam gcc`,
      `${prefix}modprobe tun`,
    ]);
  });

  test("without anything to fix there is nothing to do", async () => {
    expect(await planFixes([missing(undefined)])).toEqual([]);
  });
});

test("programs for other processors run where Linux knows their emulator", async () => {
  const processors = {
    name: "arm64",
    compiler: "aarch64-linux-gnu-gcc",
    packages: ["qemu-user-static"],
    qemu: { program: "qemu-system-aarch64", package: "qemu-system-arm" },
    emulator: "qemu-aarch64",
  };
  const check = emulationCheck(processors, folder);
  expect(await check.examine()).toMatchObject({
    state: "missing",
    fix: { kind: "command", words: ["mount", "-t", "binfmt_misc", "binfmt_misc", folder] },
  });
  writeFileSync(join(folder, "status"), "enabled\n");
  expect(await check.examine()).toMatchObject({
    state: "missing",
    fix: { kind: "packages", names: ["binfmt-support", "qemu-user-static"] },
  });
  writeFileSync(join(folder, "qemu-aarch64"), "enabled\n");
  expect(await check.examine()).toMatchObject({ state: "ok" });
});
