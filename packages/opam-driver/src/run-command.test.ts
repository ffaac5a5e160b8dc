import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Log, openLog } from "./log.js";
import { runLogged } from "./run-command.js";

let folder: string;
let log: Log;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-driver-"));
  log = openLog(join(folder, "logs", "command.log"));
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

function shell(
  script: string,
  more: { onLine?: (line: string) => void; signal?: AbortSignal } = {},
) {
  return runLogged("sh", ["-c", script], { env: process.env, log, ...more });
}

test("exit code, both outputs, and all of it in the log", async () => {
  const result = await shell("echo out; echo err >&2; exit 3");
  expect(result).toEqual({ exitCode: 3, killedBy: undefined, stdout: "out\n", stderr: "err\n" });
  const text = readFileSync(log.path, "utf8");
  expect(text).toContain("$ sh -c echo out");
  expect(text).toContain("out\n");
  expect(text).toContain("err\n");
});

test("lines, and the beginning of one that has not ended", async () => {
  const lines: string[] = [];
  const controller = new AbortController();
  const running = shell("printf 'one\\ntwo... '; sleep 60", {
    onLine: (line) => {
      lines.push(line);
      if (line === "two... ") controller.abort();
    },
    signal: controller.signal,
  });
  await expect(running).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
  expect(lines).toEqual(["one", "two... "]);
});

test("an interrupted command takes its children with it", async () => {
  const controller = new AbortController();
  let child = 0;
  const running = shell("sleep 60 & echo $!; wait", {
    onLine: (line) => {
      child = Number(line);
      controller.abort();
    },
    signal: controller.signal,
  });
  await expect(running).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
  await ends(child);
});

test("a command that is killed takes its children with it", async () => {
  let child = 0;
  const result = await shell("sleep 60 & echo $!; kill -9 $$", {
    onLine: (line) => {
      child = Number(line);
    },
  });
  expect(result.killedBy).toBe("SIGKILL");
  await ends(child);
});

/** A killed process closes its outputs a moment before it counts as ended. */
async function ends(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
