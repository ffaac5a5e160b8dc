/** Why a domain has shut down, in the order of Xen's numbers (`SHUTDOWN_*` of xen/sched.h). */
export const shutdownReasons = [
  "poweroff",
  "reboot",
  "suspend",
  "crash",
  "watchdog",
  "soft-reset",
] as const;

export type ShutdownReason = (typeof shutdownReasons)[number];

/**
 * `running` includes waiting for an event. A domain that has shut down is still there until it is
 * destroyed, and `dying` while that goes on.
 */
export type DomainState = "running" | "paused" | "shutdown" | "crashed" | "dying";

/** A domain, as `xl list -v` shows it. */
export interface Domain {
  readonly id: number;
  readonly name: string;
  readonly state: DomainState;
  /** Once it has shut down. */
  readonly shutdownReason?: ShutdownReason;
  /** Whether none of its processors has anything to do. */
  readonly isIdle: boolean;
  /** Megabytes. */
  readonly memoryMb: number;
  readonly vcpus: number;
  /** Processor time that it has used, in seconds. */
  readonly cpuSeconds: number;
  readonly uuid: string;
}

const row =
  /^(.*?) +(\d+) +(\d+) +(\d+) +([-r])([-b])([-p])([-s])([-rscwS?])([-d]) +(\d+\.\d) +([0-9a-f-]{36}) +(\S+)/;

/** Reads the table that `xl list -v` prints. Lines that are none of its rows are skipped. */
export function parseDomainTable(text: string): Domain[] {
  return text.split("\n").flatMap((line) => {
    const found = row.exec(line);
    return found ? [parseRow(found)] : [];
  });
}

function parseRow(found: RegExpExecArray): Domain {
  const [, name = "", id, memory, vcpus, , blocked, paused, shutdown, , dying, cpu] = found;
  const [uuid = "", reason = ""] = found.slice(12);
  const shutdownReason =
    shutdown === "s" ? shutdownReasons[Number.parseInt(reason, 16)] : undefined;
  return {
    id: Number(id),
    name,
    state: stateOf(dying === "d", shutdown === "s", paused === "p", shutdownReason),
    ...(shutdownReason ? { shutdownReason } : {}),
    isIdle: blocked === "b",
    memoryMb: Number(memory),
    vcpus: Number(vcpus),
    cpuSeconds: Number(cpu),
    uuid,
  };
}

function stateOf(
  dying: boolean,
  shutdown: boolean,
  paused: boolean,
  reason: ShutdownReason | undefined,
): DomainState {
  if (dying) return "dying";
  if (shutdown) return reason === "crash" || reason === "watchdog" ? "crashed" : "shutdown";
  return paused ? "paused" : "running";
}
