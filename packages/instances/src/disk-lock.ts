import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import type { Instance } from "./list.js";

/** Who keeps a file from others. */
export interface LockHolder {
  /** Its process, where the kernel names it. */
  readonly pid?: number;
}

/**
 * Who has a lock on a file that keeps this user's programs from it: another writer, or a reader if this
 * user may write. The runtimes lock their disks by flock(2), QEMU by fcntl(2); proc_locks(5) lists both.
 */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const [{ dev, ino }, mayWrite, locks] = await Promise.all([
    stat(path),
    access(path, constants.W_OK).then(
      () => true,
      () => false,
    ),
    readFile("/proc/locks", "utf8"),
  ]);
  const hex = (number: number) => number.toString(16).padStart(2, "0");
  const file = `${hex((dev >>> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >>> 12) & ~0xff))}:${ino}`;
  for (const line of locks.split("\n")) {
    const [, kind, , access, pid, place] = line.trim().split(/ +/);
    if (place !== file || kind === "->" || (access !== "WRITE" && !mayWrite)) continue;
    return Number(pid) > 0 ? { pid: Number(pid) } : {};
  }
  return undefined;
}

/** The instance that a process belongs to: one of those above it is its supervisor. */
export async function instanceOfProcess(
  pid: number,
  instances: readonly Instance[],
): Promise<Instance | undefined> {
  for (let current = pid; current > 1; ) {
    const found = instances.find(({ supervisor }) => supervisor.pid === current);
    if (found) return found;
    const status = await readFile(`/proc/${current}/stat`, "utf8").catch(() => "");
    current = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  }
  return undefined;
}

/**
 * Locks a file for one writer until `release`, or the end of this process, by flock(1). Undefined if
 * somebody else has it; without that program, nothing is locked.
 */
export async function lockFile(path: string): Promise<{ release(): void } | undefined> {
  const args = ["--exclusive", "--nonblock", "--conflict-exit-code", "75", path];
  const holder = spawn("flock", [...args, "sh", "-c", "echo locked && exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const code = await Promise.race([
    once(holder.stdout, "data").then(() => undefined),
    exitOf(holder),
  ]);
  return code === 75 ? undefined : { release: () => void holder.stdin.end() };
}

/** The exit code, or -1 if it could not be started. */
async function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((settle) => {
    child.on("error", () => settle(-1)).on("exit", (code) => settle(code ?? -1));
  });
}
