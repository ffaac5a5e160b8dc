import { readFileSync, statSync } from "node:fs";

/**
 * One process and no other, also after its number was given to another or the machine started again.
 * `started` is in clock ticks after the start of the machine (proc(5), field 22 of stat).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: number;
  /** The kernel's name of this start of the machine. */
  readonly boot: string;
}

/** The identity of a process of this machine, if there is one of that number that has not ended. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program stands in parentheses and may have spaces and parentheses in it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    if (state === "Z" || state === "X") return undefined;
    return { pid, started: Number(started), boot: bootId() };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isAlive({ pid, started, boot }: ProcessIdentity): boolean {
  const now = identify(pid);
  return now?.started === started && now.boot === boot;
}

/** The user that a process belongs to, if it is there. */
export function ownerOf(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
