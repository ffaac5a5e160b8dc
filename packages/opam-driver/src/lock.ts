import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { MirageError } from "@mirage/diagnostics";

/** A lock that is held. */
export interface Lock {
  /** The locked file; a child process that inherits it holds the lock too. */
  readonly fd: number;
  release(): void;
}

export interface LockOptions {
  /** Called once when another process has it, with that process's id as far as known. */
  readonly onWait?: (holder: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/**
 * Locks a file, waiting for the current holder. It is a lock of the kernel's (flock(2)), so it ends with
 * the last process that holds it, however that one ends.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "a+");
  try {
    if (!(await flock(fd, ["--nonblock"], options.signal))) {
      options.onWait?.(holderOf(path));
      if (!(await flock(fd, [], options.signal))) {
        throw new MirageError("ERR_MIRAGE_LOCK_FAILED", `cannot lock ${path}`, {
          hint: "check that it is on a local disk",
        });
      }
    }
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, release: () => closeSync(fd) };
}

/** Runs flock(1) on our open file; the lock stays with the file when the command has ended. */
async function flock(
  fd: number,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const child = spawn("flock", ["--exclusive", ...args, "3"], {
    stdio: ["ignore", "ignore", "ignore", fd],
    ...(signal ? { signal } : {}),
  });
  return (await exitCode(child, signal)) === 0;
}

function exitCode(child: ChildProcess, signal: AbortSignal | undefined): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      if (signal?.aborted) {
        reject(new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted while waiting for a lock"));
      } else {
        reject(
          new MirageError("ERR_MIRAGE_COMMAND_NOT_FOUND", "cannot run flock", {
            cause,
            hint: "install it: apt-get install util-linux",
          }),
        );
      }
    });
    child.on("close", (code) => resolve(code));
  });
}

function holderOf(path: string): number | undefined {
  const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
  return Number.isInteger(pid) ? pid : undefined;
}
