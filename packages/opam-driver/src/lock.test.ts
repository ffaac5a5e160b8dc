import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "./lock.js";

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
  path = join(folder, "deep", "lock");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("the second one waits for the first and learns who it is", async () => {
  const order: string[] = [];
  const first = await acquireLock(path, { onWait: () => order.push("the first waits") });
  const second = await acquireLock(path, {
    onWait: (holder) => {
      order.push(`the second waits for ${holder}`);
      first.release();
    },
  });
  second.release();
  expect(order).toEqual([`the second waits for ${process.pid}`]);
});

test("a child that has inherited the lock keeps it", async () => {
  const lock = await acquireLock(path);
  const child = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore", lock.fd] });
  children.push(child);
  lock.release();
  const again = await new Promise<string>((resolve, reject) => {
    acquireLock(path, {
      onWait: () => {
        resolve("waited");
        child.kill("SIGKILL");
      },
    }).then((late) => {
      late.release();
      resolve("did not wait");
    }, reject);
  });
  expect(again).toBe("waited");
});

test("waiting can be interrupted", async () => {
  const lock = await acquireLock(path);
  const controller = new AbortController();
  const second = acquireLock(path, {
    onWait: () => controller.abort(),
    signal: controller.signal,
  });
  await expect(second).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
  lock.release();
});
