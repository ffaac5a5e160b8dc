import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { finished } from "node:stream/promises";
import { MirageError } from "@mirage/diagnostics";
import type { RunAction } from "./action.js";
import { openInside } from "./folder/write.js";

const keptCharacters = 16_384;
const shownLines = 12;
/** Milliseconds that an interrupted process group has to end. */
const graceMs = 3_000;

/**
 * Runs a command to its end. On failure the error carries the last lines of its output, and the
 * log's path when there is one. Aborting the signal ends the command with SIGTERM; what has a process
 * group of its own is ended as a whole, after some seconds by SIGKILL.
 */
export async function runCommand(
  action: RunAction,
  signal: AbortSignal,
  onOutput: (text: string) => void,
): Promise<void> {
  const log = openLog(action.log);
  const child = spawn(action.command, action.args, {
    cwd: action.cwd,
    env: { ...process.env, ...action.env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(action.ownGroup ? { detached: true } : { signal }),
  });
  const release = action.ownGroup ? endGroupOnAbort(child.pid, signal) : () => {};
  let tail = "";
  const held: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      tail = (tail + text).slice(-keptCharacters);
      if (action.judge && !log) held.push(text);
      else if (log) log.write(text);
      else onOutput(text);
    });
  }
  const outcome = await new Promise<number | NodeJS.Signals | Error>((resolve) => {
    child.on("error", resolve);
    child.on("close", (code, killedBy) => resolve(code ?? killedBy ?? 0));
  });
  release();
  if (log) {
    log.end();
    await finished(log);
  }
  if (action.judge && !(outcome instanceof Error) && !signal.aborted) {
    const { shown, error } = await action.judge(held.join(""), outcome);
    onOutput(shown);
    if (error) throw error;
  }
  if (outcome !== 0) throw failure(action, outcome, log ? tail : "", signal);
}

/** Ends a process group when the signal is aborted; the result is called once the command has ended. */
function endGroupOnAbort(group: number | undefined, signal: AbortSignal): () => void {
  if (group === undefined) return () => {};
  let force: NodeJS.Timeout | undefined;
  const end = () => {
    sendToGroup(group, "SIGTERM");
    force = setTimeout(() => sendToGroup(group, "SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", end, { once: true });
  return () => {
    signal.removeEventListener("abort", end);
    clearTimeout(force);
  };
}

function sendToGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // all of it has ended
  }
}

function openLog(path: string | undefined) {
  if (path === undefined) return undefined;
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { fd: openInside(dirname(path), basename(path)) });
}

function failure(
  action: RunAction,
  outcome: number | NodeJS.Signals | Error,
  tail: string,
  signal: AbortSignal,
): MirageError {
  if (signal.aborted) {
    return new MirageError("ERR_MIRAGE_INTERRUPTED", `interrupted while running ${action.command}`);
  }
  if (outcome instanceof Error) {
    const missing = (outcome as NodeJS.ErrnoException).code === "ENOENT";
    return new MirageError("ERR_MIRAGE_COMMAND_NOT_FOUND", `cannot run ${action.command}`, {
      cause: outcome,
      ...(missing ? { hint: `install the program ${action.command} or put it on the PATH` } : {}),
    });
  }
  const how = typeof outcome === "number" ? `with exit code ${outcome}` : `by ${outcome}`;
  const lines = tail.trimEnd().split("\n").slice(-shownLines).join("\n");
  const what = action.title ?? [action.command, ...action.args].join(" ");
  return new MirageError(
    "ERR_MIRAGE_COMMAND_FAILED",
    `${what} ended ${how}${lines === "" ? "" : `:\n${lines}`}`,
    action.log === undefined ? {} : { hint: `the whole output is in ${action.log}` },
  );
}
