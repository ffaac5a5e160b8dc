import { MirageError } from "@mirage/diagnostics";

/** When a program that has ended is started again. */
export interface RestartPolicy {
  readonly when: "on-failure" | "always";
  /** How often at most; without it, again and again. */
  readonly most?: number;
}

/**
 * Reads `on-failure`, `always`, or one of them with a number: `on-failure:5`.
 * @throws MirageError `ERR_MIRAGE_USAGE`
 */
export function parseRestart(text: string): RestartPolicy {
  const [, when, most] = /^(on-failure|always)(?::(\d{1,6}))?$/.exec(text) ?? [];
  if (when === "on-failure" || when === "always") {
    return { when, ...(most === undefined ? {} : { most: Number(most) }) };
  }
  throw new MirageError("ERR_MIRAGE_USAGE", `--restart ${text}: there is no such policy`, {
    hint: "write `on-failure` or `always`, with a number for how often at most: `on-failure:5`",
    exitCode: 2,
  });
}

/** Milliseconds: the first pause, the longest, and how long a run lasts after which it is the first again. */
const pauses = { first: 500, longest: 60_000, settled: 60_000 };

export interface Restarting {
  /** Runs the program to its end, and returns its exit code. */
  run(): Promise<number>;
  /** Whether somebody has asked for the end, who does not want it back. */
  isAsked(): boolean;
  /** Before each further start: the how manieth it is, and the pause before it, in milliseconds. */
  restarting(count: number, pauseMs: number, code: number): void;
  /** Something that kept a further start from working. */
  failed(error: unknown): void;
  /** Waits so many milliseconds; false if somebody asked for the end meanwhile. */
  pause(ms: number): Promise<boolean>;
  /** Milliseconds since some start. */
  now(): number;
}

/**
 * Runs a program as often as the policy says, with pauses that double each time up to a minute, and returns
 * the last exit code. What keeps the first start from working is the caller's; later it counts as a failure.
 */
export async function keepRunning(
  { when, most = Number.POSITIVE_INFINITY }: RestartPolicy,
  { run, isAsked, restarting, failed, pause, now }: Restarting,
): Promise<number> {
  let pauseMs = pauses.first;
  for (let count = 0; ; ) {
    const start = now();
    const code = await run().catch((error: unknown) => {
      if (count === 0) throw error;
      failed(error);
      return 1;
    });
    const isWanted = !isAsked() && (when === "always" || code !== 0);
    if (!isWanted || count >= most) return code;
    if (now() - start >= pauses.settled) pauseMs = pauses.first;
    count++;
    restarting(count, pauseMs, code);
    if (!(await pause(pauseMs))) return code;
    pauseMs = Math.min(2 * pauseMs, pauses.longest);
  }
}
