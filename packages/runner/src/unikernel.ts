import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { RunEvent } from "./events.js";
import { findProgram } from "./program.js";
import { parseStatus } from "./status.js";

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface UnikernelOptions {
  readonly binary: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Open TAP devices, which the process inherits. */
  readonly networks: readonly {
    readonly device: string;
    readonly fd: number;
    readonly mac: string;
  }[];
  readonly emit: (event: RunEvent) => void;
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
}

/** A running unikernel process. */
export interface Unikernel {
  readonly exit: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

/** First fd after stdin, stdout and stderr. */
const firstFd = 3;

/**
 * Starts the process with its devices and a status pipe. The kernel kills it when this process dies
 * (PR_SET_PDEATHSIG through setpriv), however that happens. It has a session of its own, so that a
 * Ctrl-C reaches it through us alone.
 */
export async function startUnikernel(options: UnikernelOptions): Promise<Unikernel> {
  const { networks, onOutput } = options;
  const output = onOutput ? "pipe" : "inherit";
  const statusFd = firstFd + networks.length;
  const child = spawn(
    findProgram("setpriv", "install util-linux 2.33 or newer: `apt-get install util-linux`"),
    ["--pdeathsig", "KILL", "--", options.binary, ...options.args],
    {
      cwd: options.cwd,
      env: {
        ...process.env,
        ...options.env,
        MIRAGE_NETS: networks.map(({ device }, i) => `${device}=${firstFd + i}`).join(","),
        MIRAGE_MACS: networks.map(({ device, mac }) => `${device}=${mac}`).join(","),
        MIRAGE_STATUS_FD: String(statusFd),
      },
      stdio: ["ignore", output, output, ...networks.map(({ fd }) => fd), "pipe"],
      detached: true,
    },
  );
  follow(child, statusFd, options);
  await once(child, "spawn");
  options.emit({ type: "running" });
  return {
    exit: exitOf(child),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function follow(child: ChildProcess, statusFd: number, { emit, onOutput }: UnikernelOptions): void {
  const status = child.stdio[statusFd] as Readable;
  createInterface({ input: status }).on("line", (line) => {
    const event = parseStatus(line);
    if (event) emit(event);
  });
  if (!onOutput) return;
  child.stdout?.on("data", (chunk: Buffer) => onOutput(chunk, "stdout"));
  child.stderr?.on("data", (chunk: Buffer) => onOutput(chunk, "stderr"));
}

/** Settles when the process has ended, its pipes are read to their ends, and no child of it is left. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  const closed = once(child, "close");
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  killGroup(child.pid);
  await closed;
  return { code, signal };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
