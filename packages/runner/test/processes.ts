import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import type { RunOptions } from "../src/index.js";

/** A line that `run.mjs` prints: an event, or what it found at the end. */
export type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A process of its own that runs a unikernel: `run.mjs`. */
export interface RunnerProcess {
  readonly child: ChildProcess;
  /** The first line of that type, as soon as there is one. */
  line(type: string): Promise<Line>;
  /** The processes that it started, itself included, which are still there. */
  remaining(): number[];
  /** Settles when none remains. */
  gone(): Promise<void>;
}

const started: RunnerProcess[] = [];

afterEach(() => {
  for (const { remaining } of started.splice(0)) {
    for (const pid of remaining()) kill(pid);
  }
});

/** Starts `run.mjs` behind the command line `prefix`. */
export function runnerProcess(
  options: RunOptions,
  { prefix = [], env = {} }: { prefix?: readonly string[]; env?: Record<string, string> } = {},
): RunnerProcess {
  const script = fileURLToPath(new URL("run.mjs", import.meta.url));
  const mark = `MIRAGE_TEST_MARK=${randomUUID()}`;
  const [program = "", ...args] = [...prefix, process.execPath, script, JSON.stringify(options)];
  const [name = "", value = ""] = mark.split("=");
  const child = spawn(program, args, {
    env: { ...process.env, ...env, [name]: value },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  let wake = () => {};
  let ended = false;
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(JSON.parse(line));
    wake();
  });
  reader.on("close", () => {
    ended = true;
    wake();
  });
  const runner: RunnerProcess = {
    child,
    async line(type) {
      for (;;) {
        const line = lines.find((candidate) => candidate.type === type);
        if (line) return line;
        if (ended) throw new Error(`no ${type} in ${JSON.stringify(lines)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    remaining: () => processesWith(mark),
    async gone() {
      while (processesWith(mark).length > 0) await delay(20);
    },
  };
  started.push(runner);
  return runner;
}

/** The prefix of a command that runs in a network namespace of its own; undefined if not possible. */
export function inNetwork(): readonly string[] | undefined {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
  } catch {
    return undefined;
  }
  const candidates = [
    ["unshare", "--net"],
    ["unshare", "--user", "--map-root-user", "--net"],
  ];
  return candidates.find(
    ([program = "", ...args]) => spawnSync(program, [...args, "true"]).status === 0,
  );
}

/** Kills a process, which may be gone already. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function processesWith(variable: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environmentOf(pid).includes(variable))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
