import { MirageError } from "@mirage/diagnostics";
import { pauseFor } from "./retry.js";

/** How often the state of something is asked for. */
export interface PollOptions {
  /** The first pause in milliseconds, half as long again each time; 1,000 when absent. */
  readonly firstMs?: number;
  /** The longest pause in milliseconds, 15,000 when absent. */
  readonly capMs?: number;
  /** How long to wait in all, in milliseconds; three hours when absent. */
  readonly limitMs?: number;
}

/** An answer: done with a value, or still under way, and how far. */
export type Poll<T> = { readonly done: T } | { readonly state: string };

/** Asks until it is done. `what` names the thing in the error that says it took too long. */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<Poll<T>>,
  { firstMs = 1000, capMs = 15_000, limitMs = 3 * 3600_000 }: PollOptions,
  signal: AbortSignal | undefined,
): Promise<T> {
  const begin = performance.now();
  for (let pause = firstMs; ; pause = Math.min(capMs, pause * 1.5)) {
    const answer = await ask();
    if ("done" in answer) return answer.done;
    if (performance.now() - begin > limitMs) {
      throw new MirageError("ERR_MIRAGE_EC2_TIMEOUT", `${what} is still ${answer.state}`, {
        hint: "AWS takes unusually long; run the command again to go on waiting",
      });
    }
    // Not quite regular, so that many waiting processes don't ask together.
    await interruptiblePause(pause * (0.75 + Math.random() / 4), signal);
  }
}

async function interruptiblePause(milliseconds: number, signal: AbortSignal | undefined) {
  try {
    await pauseFor(milliseconds, signal);
  } catch (error) {
    if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    throw error;
  }
}
