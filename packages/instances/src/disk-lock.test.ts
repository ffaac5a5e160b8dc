import { spawn, spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { instanceOfProcess, lockFile, lockHolder } from "./disk-lock.js";
import type { Instance } from "./list.js";

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-instances-"));
  path = join(folder, "disk.img");
  writeFileSync(path, "data");
  symlinkSync("disk.img", `${path}.link`);
  linkSync(path, `${path}.hard`);
  return () => rmSync(folder, { recursive: true });
});

async function lock() {
  const lock = await lockFile(path);
  onTestFinished(() => lock?.release());
  return lock;
}

test("a file that nobody has locked has no holder", async () => {
  expect(await lockHolder(path)).toBeUndefined();
});

test("the holder is found by whatever name, and until it lets go", async () => {
  const held = await lock();
  for (const name of [path, `${path}.link`, `${path}.hard`]) {
    expect(await lockHolder(name)).toEqual({ pid: expect.any(Number) });
    expect(await lockFile(name)).toBeUndefined();
  }
  held?.release();
  await expect.poll(() => lockHolder(path)).toBeUndefined();
});

test("the holder is known as a process of its instance", async () => {
  await lock();
  const pid = (await lockHolder(path))?.pid ?? 0;
  const instance = { name: "www", supervisor: { pid: process.pid } } as Instance;
  expect(await instanceOfProcess(pid, [instance])).toBe(instance);
  expect(await instanceOfProcess(1, [instance])).toBeUndefined();
});

const qemu = "qemu-system-x86_64";
const hasQemu = spawnSync(qemu, ["--version"]).status === 0;

test.skipIf(!hasQemu)(
  "a virtual machine holds its disk itself (skipped without QEMU)",
  async () => {
    truncateSync(path, 65_536);
    const machine = ["-accel", "tcg", "-display", "none", "-nodefaults", "-S", "-m", "16"];
    const disk = ["-drive", `file=${path},format=raw,if=none,id=disk`];
    const child = spawn(qemu, [...machine, ...disk, "-device", "virtio-blk-pci,drive=disk"], {
      stdio: "ignore",
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await expect.poll(() => lockHolder(path), { timeout: 20_000 }).toBeDefined();
    child.kill("SIGKILL");
    await expect.poll(() => lockHolder(path), { timeout: 20_000 }).toBeUndefined();
  },
  45_000,
);
