import { setTimeout as sleep } from "node:timers/promises";

/** How a call that failed for a while is repeated. */
export interface RetryOptions {
  /** Calls in all, 12 when absent. */
  readonly attempts?: number;
  /** Upper end of the first pause in milliseconds, doubled each time; 100 when absent. */
  readonly baseMs?: number;
  /** The longest pause in milliseconds, 20,000 when absent. */
  readonly capMs?: number;
}

/** Calls about something just made: with the usual pauses, 70 to 90 seconds of them. */
export const settleAttempts = 24;

/** The longest pause between them, in milliseconds. */
const settleCapMs = 5_000;

export interface Retrying extends RetryOptions {
  isTransient(error: unknown): boolean;
  /** Whether it may only not be known yet: waited for evenly, as it is sure to end. */
  isNotYet?(error: unknown): boolean;
  /** Calls in all for that reason. */
  readonly settleAttempts?: number;
  /** The server's own wish, in milliseconds. */
  retryAfterMs?(error: unknown): number | undefined;
  onRetry?(error: unknown, attempt: number, pauseMs: number): void;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
}

/**
 * Repeats a call while it fails transiently, pausing for a random time below a bound that doubles
 * ("full jitter", so that many workers that were refused together don't come back together).
 * @throws the last error, or the signal's reason
 */
export async function withRetries<T>(call: () => Promise<T>, how: Retrying): Promise<T> {
  const { attempts = 12, baseMs = 100, capMs = 20_000, signal, random = Math.random } = how;
  let settled = 0;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (how.isNotYet?.(error)) {
        settled += 1;
        attempt -= 1;
        if (settled >= (how.settleAttempts ?? 1)) throw error;
        const pause = settlePause(settled, { baseMs, capMs, random });
        how.onRetry?.(error, settled, pause);
        await pauseFor(pause, signal);
        continue;
      }
      if (attempt >= attempts || !how.isTransient(error)) throw error;
      const bound = Math.min(capMs, baseMs * 2 ** (attempt - 1));
      const pause = Math.max(random() * bound, Math.min(how.retryAfterMs?.(error) ?? 0, capMs));
      how.onRetry?.(error, attempt, pause);
      await pauseFor(pause, signal);
    }
  }
}

/** The pause after the `count`th answer that something isn't known yet, in milliseconds. */
export function settlePause(
  count: number,
  { baseMs = 100, capMs = 20_000, random = Math.random }: RetryOptions & Pick<Retrying, "random">,
): number {
  return Math.min(settleCapMs, capMs, baseMs * 2 ** (count - 1)) * (0.75 + random() / 4);
}

/** Waits. @throws the signal's reason when it is aborted */
export async function pauseFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
