import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StandIn, standIn } from "../../test/stand-in.js";
import { sshHost } from "./host.js";
import { runScript } from "./run.js";

let machine: StandIn;
beforeAll(() => {
  machine = standIn("exit 0");
});
afterAll(() => machine.remove());

function hosts() {
  return machine.hosts.map((host) => ({ host }));
}

test("texts and files as input, of any size", async () => {
  const file = join(machine.folder, "large");
  writeFileSync(file, Buffer.alloc(3_000_000, 7));
  for (const { host } of hosts()) {
    expect(await runScript(host, "count", "cat", [], { input: "text" })).toBe("text");
    expect(await runScript(host, "count", "wc -c", [], { input: { file } })).toMatch(/3000000/);
  }
});

test("a command that does not read its input tells why itself", async () => {
  const file = join(machine.folder, "large");
  writeFileSync(file, Buffer.alloc(3_000_000));
  for (const input of [{ file }, "x".repeat(3_000_000)]) {
    for (const { host } of hosts()) {
      const failing = runScript(host, "copy it", "echo 'disk full' >&2; exit 1", [], { input });
      await expect(failing).rejects.toMatchObject({
        code: "ERR_MIRAGE_XL_FAILED",
        message: `cannot copy it on ${host.name}: xl ended with exit code 1:\ndisk full`,
      });
    }
  }
});

test("input that cannot be read", async () => {
  const input = { file: join(machine.folder, "absent") };
  const failing = runScript(machine.hosts[0] ?? never(), "copy", "cat", [], { input });
  await expect(failing).rejects.toMatchObject({ code: "ERR_MIRAGE_SYSTEM_ENOENT" });
});

test("interrupted, it ends with all that it has started", async () => {
  for (const { host } of hosts()) {
    const controller = new AbortController();
    const pidFile = join(machine.folder, "pid");
    const running = runScript(host, "wait", 'sleep 60 & echo $! >"$1"; wait', [pidFile], {
      signal: controller.signal,
    });
    const poll = setInterval(() => {
      if (pidOf(pidFile) > 0) controller.abort();
    }, 10);
    await expect(running).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    clearInterval(poll);
    // A killed process closes its outputs a moment before it counts as ended.
    await expect.poll(() => isRunning(pidOf(pidFile)), { timeout: 10_000 }).toBe(false);
    writeFileSync(pidFile, "");
  }
});

test("interrupted before it starts, nothing is started", async () => {
  const file = join(machine.folder, "started");
  for (const { host } of hosts()) {
    const running = runScript(host, "touch", 'touch "$1"', [file], { signal: AbortSignal.abort() });
    await expect(running).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    expect(() => readFileSync(file)).toThrow();
  }
});

test("too slow", async () => {
  for (const { host } of hosts()) {
    await expect(runScript(host, "wait", "sleep 60", [], { timeoutMs: 50 })).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_TIMEOUT",
      message: `xl on ${host.name} did not answer within 0.05 s`,
    });
  }
});

test("over a shared connection, which holds on to the pipes, nobody waits for what is left there", async () => {
  const pidFile = join(machine.folder, "left");
  const script = 'echo $$ >"$1"; exec sleep 30';
  const running = runScript(machine.shared, "wait", script, [pidFile], { timeoutMs: 500 });
  await expect(running).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_TIMEOUT" });
  expect(isRunning(pidOf(pidFile))).toBe(true);
  process.kill(pidOf(pidFile));
});

test("without ssh", async () => {
  const host = sshHost("dom0", { program: "/no/ssh" });
  await expect(runScript(host, "try", "true", [])).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_PROGRAM",
    message: "cannot run /no/ssh",
  });
});

function pidOf(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function never(): never {
  throw new Error("there are two hosts");
}
