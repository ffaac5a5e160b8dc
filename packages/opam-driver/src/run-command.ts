import { type ChildProcess, spawn } from "node:child_process";
import { MirageError } from "@mirage/diagnostics";
import type { Log } from "./log.js";

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** A file that the command and its children hold open. */
  readonly heldFile?: number;
  /** Gets each line of the output; one that has not ended yet is given as far as it goes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  /**
   * Aborting only asks the command to end, and waits for it: for one such as apt-get, which knows
   * when it can.
   */
  readonly politely?: boolean;
}

/** How a command ended, and the last part of what it said. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const keptCharacters = 400_000;
const graceMilliseconds = 5_000;

/**
 * Runs a command whose output goes to the log. Aborting ends it with all its children, at last
 * without appeal. A command that is killed takes its children with it, too.
 * @throws MirageError `ERR_MIRAGE_INTERRUPTED` when aborted; an exit code is not an error.
 */
export async function runLogged(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { signal, log } = options;
  if (signal?.aborted) throw interrupted(command);
  log.write(`$ ${[command, ...args].join(" ")}\n`);
  const child = spawn(command, args, {
    env: options.env,
    detached: true,
    stdio: [
      "ignore",
      "pipe",
      "pipe",
      ...(options.heldFile === undefined ? [] : [options.heldFile]),
    ],
  });
  const said = { stdout: "", stderr: "" };
  let logFailure: unknown;
  for (const name of ["stdout", "stderr"] as const) {
    const stream = child[name];
    const lines = lineSplitter(options.onLine ?? (() => {}));
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      said[name] = (said[name] + text).slice(-keptCharacters);
      lines(text);
      try {
        log.write(text);
      } catch (error) {
        logFailure ??= error;
      }
    });
  }
  const stop = stopper(child, options.politely === true);
  signal?.addEventListener("abort", stop.now, { once: true });
  try {
    const [exitCode, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (_code, name) => {
          if (name && !options.politely) killGroup(child.pid, "SIGKILL");
        });
        child.on("close", (code, name) => resolve([code, name]));
      },
    );
    if (signal?.aborted) throw interrupted(command);
    if (logFailure !== undefined) throw logFailure;
    return { exitCode: exitCode ?? undefined, killedBy: killedBy ?? undefined, ...said };
  } finally {
    signal?.removeEventListener("abort", stop.now);
    stop.done();
  }
}

function stopper(child: ChildProcess, politely: boolean) {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => {
      if (politely) {
        child.kill("SIGINT");
        return;
      }
      killGroup(child.pid, "SIGTERM");
      timer = setTimeout(() => killGroup(child.pid, "SIGKILL"), graceMilliseconds);
    },
    done: () => clearTimeout(timer),
  };
}

function killGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // it has ended already
  }
}

function lineSplitter(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    if (rest !== "") onLine(rest);
  };
}

function interrupted(command: string): MirageError {
  return new MirageError("ERR_MIRAGE_INTERRUPTED", `interrupted while running ${command}`);
}
