import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { type Ended, programError, xlFailure } from "./failure.js";
import type { XenHost } from "./host.js";

/** What every call of xl takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that xl may take; 30,000 unless said otherwise. */
  readonly timeoutMs?: number;
}

export interface RunOptions extends CallOptions {
  /** Given to the command's standard input: a text, or the file at a path. */
  readonly input?: string | { readonly file: string };
}

const keptCharacters = 16 * 2 ** 20;
const graceMs = 2_000;
/** How long a command that ends with its input may take for it. */
const politeMs = 2_000;
/** How long what a command had started may go on writing behind it. */
const pipesMs = 500;

/**
 * Runs a shell script on the host, and returns what it prints. `purpose` names it in messages, as in
 * "cannot PURPOSE".
 * @throws MirageError `ERR_MIRAGE_XL_*`: what xl, or ssh, says is wrong
 */
export async function runScript(
  host: XenHost,
  purpose: string,
  script: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const ended = await runToEnd(host, script, args, options);
  if (ended.exitCode !== 0) throw xlFailure(host, purpose, ended);
  return ended.stdout;
}

/** Runs xl with these arguments on the host. @throws MirageError as `runScript` */
export function runXl(
  host: XenHost,
  purpose: string,
  args: readonly string[],
  options: CallOptions = {},
): Promise<string> {
  return runScript(host, purpose, 'exec xl "$@"', args, options);
}

async function runToEnd(
  host: XenHost,
  script: string,
  args: readonly string[],
  { signal, timeoutMs = 30_000, input }: RunOptions,
): Promise<Ended> {
  if (signal?.aborted) throw interrupted(host);
  const [program, ...words] = host.command(script, args);
  const child = spawn(program, words, {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8");
    child[name]?.on("data", (text: string) => {
      said[name] = (said[name] + text).slice(-keptCharacters);
    });
  }
  let ranOut = false;
  const stop = () => stopGroup(child);
  const timer = setTimeout(() => {
    ranOut = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const [exitCode] = await Promise.all([
      new Promise<number | null>((resolve, reject) => {
        child.on("error", (error) => reject(programError(host, program, error)));
        child.on("close", resolve);
      }),
      feed(child, input),
    ]);
    if (signal?.aborted) throw interrupted(host);
    if (ranOut) throw timedOut(host, timeoutMs);
    return { exitCode, ...said };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** A command that ends without reading its input says itself why. */
async function feed(child: ChildProcess, input: RunOptions["input"]): Promise<void> {
  const { stdin } = child;
  if (stdin === null || input === undefined) return;
  if (typeof input === "string") {
    stdin.on("error", () => {});
    stdin.end(input);
    return;
  }
  const file = createReadStream(input.file);
  stdin.on("error", () => {});
  stdin.on("close", () => file.destroy());
  await new Promise<void>((resolve, reject) => {
    file.on("close", resolve);
    file.on("error", (error) => {
      stopGroup(child);
      reject(fromSystemError(error));
    });
    file.pipe(stdin);
  });
}

/**
 * Ends a command with all that it has started. Its pipes are let go soon after it: an ssh connection
 * that several commands share (ControlMaster) holds their other ends for as long as the command goes
 * on over there, which nobody here can wait for.
 */
export function stopGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const letGo = () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  };
  if (child.exitCode !== null || child.signalCode !== null) {
    letGo();
    return;
  }
  const timers = [setTimeout(() => signalGroup(child, "SIGKILL"), graceMs)];
  child.once("exit", () => timers.push(setTimeout(letGo, pipesMs)));
  child.once("close", () => timers.forEach(clearTimeout));
}

/**
 * Leaves a command that ends with its input, and waits until it has; one that does not is stopped.
 * To kill ssh in the middle would harm whatever comes next over a shared connection.
 */
export async function leave(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    stopGroup(child);
    return;
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const timer = setTimeout(() => stopGroup(child), politeMs);
  child.stdin?.end();
  await ended;
  clearTimeout(timer);
  stopGroup(child);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended already
  }
}

export function interrupted(host: XenHost): MirageError {
  return new MirageError("ERR_MIRAGE_INTERRUPTED", `interrupted while using xl on ${host.name}`);
}

function timedOut(host: XenHost, timeoutMs: number): MirageError {
  return new MirageError(
    "ERR_MIRAGE_XL_TIMEOUT",
    `xl on ${host.name} did not answer within ${timeoutMs / 1000} s`,
    { hint: "look there whether xl still runs: another xl may hold its lock, or xenstored hangs" },
  );
}
