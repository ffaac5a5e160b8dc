import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Duplex, Readable } from "node:stream";
import type { RunEvent } from "./events.js";
import type { OpenFile } from "./files.js";
import type { MonitorTexts } from "./options.js";
import { findProgram } from "./program.js";
import { parseStatus } from "./status.js";

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface UnikernelOptions {
  readonly binary: string;
  /** With the placeholders of `RunOptions`. */
  readonly args: readonly string[];
  /** What it obeys on its monitor's pipe; without, it gets signals. */
  readonly monitor?: MonitorTexts;
  /** Whether it has a stream of requests and answers. */
  readonly hasControl: boolean;
  readonly cwd: string;
  /** All of its environment, but for what is said of its devices. */
  readonly env: NodeJS.ProcessEnv;
  /** Options of setpriv(1). */
  readonly privileges: readonly string[];
  /** Open TAP devices, which the process inherits. */
  readonly networks: readonly {
    readonly device: string;
    readonly fd: number;
    readonly mac: string;
  }[];
  /** Open files, which it inherits as well. */
  readonly files: readonly OpenFile[];
  readonly emit: (event: RunEvent) => void;
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
}

/** A running unikernel process. */
export interface Unikernel {
  readonly exit: Promise<Exit>;
  /** Where it takes requests, if it does. */
  readonly control?: Duplex;
  /** One that is paused goes on, so that it can end. */
  kill(signal: NodeJS.Signals): void;
  /** It uses no processor until `resume`. */
  pause(): void;
  resume(): void;
}

/** First fd after stdin, stdout and stderr. */
const firstFd = 3;

/**
 * Starts the process with its devices and a status pipe. The kernel kills it when this process dies
 * (PR_SET_PDEATHSIG through setpriv), however that happens. It has a session of its own, so that a
 * Ctrl-C reaches it through us alone.
 */
export async function startUnikernel(options: UnikernelOptions): Promise<Unikernel> {
  const { networks, files, monitor, hasControl, onOutput } = options;
  const output = onOutput ? "pipe" : "inherit";
  const firstFile = firstFd + networks.length;
  const statusFd = firstFile + files.length;
  const monitorFd = monitor === undefined ? undefined : statusFd + 1;
  const controlFd = hasControl ? (monitorFd ?? statusFd) + 1 : undefined;
  const handed = new Map([
    ["%{status}", `${statusFd}`],
    ["%{monitor}", `${monitorFd}`],
    ["%{control}", `${controlFd}`],
    ...networks.map(({ device }, i) => [`%{fd:${device}}`, `${firstFd + i}`] as const),
    ...networks.map(({ device, mac }) => [`%{mac:${device}}`, mac] as const),
  ]);
  const args = options.args.map((arg) =>
    arg.replace(/%{[^}]*}/g, (hole) => handed.get(hole) ?? hole),
  );
  const child = spawn(
    findProgram("setpriv", "install util-linux 2.33 or newer: `apt-get install util-linux`"),
    ["--pdeathsig", "KILL", ...options.privileges, "--", options.binary, ...args],
    {
      cwd: options.cwd,
      env: {
        ...options.env,
        MIRAGE_NETS: networks.map(({ device }, i) => `${device}=${firstFd + i}`).join(","),
        MIRAGE_MACS: networks.map(({ device, mac }) => `${device}=${mac}`).join(","),
        MIRAGE_FILES: files
          .map(({ path, access }, i) => `${firstFile + i} ${access} ${path}`)
          .join("\n"),
        MIRAGE_STATUS_FD: String(statusFd),
        ...(controlFd === undefined ? {} : { MIRAGE_CONTROL_FD: String(controlFd) }),
      },
      stdio: [
        "ignore",
        output,
        output,
        ...[...networks, ...files].map(({ fd }) => fd),
        "pipe",
        ...[monitorFd, controlFd].flatMap((fd) => (fd === undefined ? [] : (["pipe"] as const))),
      ],
      detached: true,
    },
  );
  follow(child, statusFd, options);
  void explainEnd(child, options.emit);
  await once(child, "spawn");
  options.emit({ type: "running" });
  return {
    exit: exitOf(child),
    ...(controlFd === undefined ? {} : { control: child.stdio[controlFd] as Duplex }),
    ...steering(child, monitorFd, monitor),
  };
}

/** What the process is made to do: by words, where there are any, or by signals. */
function steering(
  child: ChildProcess,
  monitorFd: number | undefined,
  texts: MonitorTexts | undefined,
): Pick<Unikernel, "kill" | "pause" | "resume"> {
  const monitor = monitorFd === undefined ? undefined : (child.stdio[monitorFd] as Duplex);
  monitor?.on("error", () => {}); // it has ended
  monitor?.resume(); // its answers
  const say = (text: string | undefined, signal: NodeJS.Signals) => {
    if (monitor && text !== undefined) monitor.write(text);
    else child.kill(signal);
  };
  let isPaused = false;
  const resume = () => {
    if (isPaused) say(texts?.resume, "SIGCONT");
    isPaused = false;
  };
  let isAsked = false;
  return {
    kill: (signal) => {
      if (signal !== "SIGKILL") resume();
      say(isAsked || signal === "SIGKILL" ? undefined : texts?.end, signal);
      isAsked = true;
    },
    pause: () => {
      if (!isPaused) say(texts?.pause, "SIGSTOP");
      isPaused = true;
    },
    resume,
  };
}

function follow(child: ChildProcess, statusFd: number, options: UnikernelOptions): void {
  const { emit, onOutput } = options;
  const status = child.stdio[statusFd] as Readable;
  let isOutside = (options.env.MIRAGE_SANDBOX ?? "") !== "";
  createInterface({ input: status }).on("line", (line) => {
    const event = parseStatus(line);
    if (!event) return;
    if (isOutside && event.type === "ready") emit(neverEntered);
    isOutside &&= event.type !== "sandbox" && event.type !== "ready";
    emit(event);
  });
  if (!onOutput) return;
  child.stdout?.on("data", (chunk: Buffer) => onOutput(chunk, "stdout"));
  child.stderr?.on("data", (chunk: Buffer) => onOutput(chunk, "stderr"));
}

const neverEntered: RunEvent = {
  type: "warning",
  message: "the unikernel has no privileges, but never entered its sandbox",
  hint: "configure and build it again: an older mirage wrote its main.ml",
};

/** The one signal that a person cannot make sense of. */
async function explainEnd(child: ChildProcess, emit: UnikernelOptions["emit"]): Promise<void> {
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (signal !== "SIGSYS") return;
  emit({
    type: "warning",
    message: "the unikernel did what no unikernel does, and its sandbox ended it",
    hint: "if a library of it runs programs, write `sandbox: unix` into the .conf file; `--no-sandbox` does without, to find out",
  });
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
