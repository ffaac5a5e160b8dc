import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { identify, isAlive, ownerOf } from "./identity.js";

test("this process is alive, and belongs to its user", () => {
  const identity = identify(process.pid);
  expect(identity).toMatchObject({
    pid: process.pid,
    boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(identity && isAlive(identity)).toBe(true);
  expect(ownerOf(process.pid)).toBe(process.getuid?.());
});

test("another process under the same number is not the one that was meant", () => {
  const identity = identify(process.pid);
  if (!identity) throw new Error("no identity");
  expect(isAlive({ ...identity, started: identity.started - 1 })).toBe(false);
  expect(isAlive({ ...identity, boot: "00000000-0000-0000-0000-000000000000" })).toBe(false);
});

test("a program's name with spaces and parentheses doesn't confuse", async () => {
  const child = spawn("bash", ["-c", "printf 'a) b (c' >/proc/self/comm; echo; read"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(identify(child.pid ?? 0)?.started).toBeGreaterThanOrEqual(
    identify(process.pid)?.started ?? 0,
  );
  child.stdin.end();
  await once(child, "exit");
  expect(identify(child.pid ?? 0)).toBeUndefined();
});

test("one that has ended and was not waited for has ended", async () => {
  const parent = spawn("bash", ["-c", "(exit) & echo $!; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(parent.stdout, "data");
  await expect.poll(() => identify(Number(String(line)))).toBeUndefined();
  parent.kill();
  await once(parent, "exit");
});
