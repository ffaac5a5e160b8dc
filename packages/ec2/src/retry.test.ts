import fc from "fast-check";
import { expect, test } from "vitest";
import { settleAttempts, settlePause, withRetries } from "./retry.js";

const transient = new Error("later");

test("it goes on until a call succeeds, and gives up after the last", async () => {
  let calls = 0;
  const flaky = async () => {
    calls += 1;
    if (calls < 4) throw transient;
    return calls;
  };
  const how = { baseMs: 0, isTransient: (error: unknown) => error === transient };
  expect(await withRetries(flaky, how)).toBe(4);
  calls = 0;
  await expect(withRetries(flaky, { ...how, attempts: 3 })).rejects.toBe(transient);
  expect(calls).toBe(3);
  const final = async () => {
    throw new Error("never");
  };
  await expect(withRetries(final, how)).rejects.toThrow("never");
});

test("pauses are random below a bound that doubles, and never above the cap", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      async (chance) => {
        const pauses: number[] = [];
        const call = async () => {
          if (pauses.length < 7) throw transient;
        };
        await withRetries(call, {
          baseMs: 0.01,
          capMs: 0.2,
          random: () => chance,
          isTransient: () => true,
          onRetry: (_, __, pause) => pauses.push(pause),
        });
        const bounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.2, 0.2];
        for (const [at, pause] of pauses.entries())
          expect(pause).toBeCloseTo(chance * (bounds[at] ?? 0));
      },
    ),
    { numRuns: 20 },
  );
});

test("the server's wish is followed, up to the cap; an aborted signal ends a pause", async () => {
  const pauses: number[] = [];
  const stop = new AbortController();
  const call = async () => {
    throw transient;
  };
  const retried = withRetries(call, {
    capMs: 60_000,
    isTransient: () => true,
    retryAfterMs: () => 100_000,
    onRetry: (_, __, pause) => {
      pauses.push(pause);
      setImmediate(() => stop.abort());
    },
    signal: stop.signal,
  });
  await expect(retried).rejects.toThrow();
  expect(pauses).toEqual([60_000]);
});

test("what may not be known yet is waited for evenly: more than a minute, less than two", () => {
  for (const random of [() => 0, () => 1]) {
    const pauses = Array.from({ length: settleAttempts - 1 }, (_, n) =>
      settlePause(n + 1, { random }),
    );
    const total = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(total).toBeGreaterThan(60_000);
    expect(total).toBeLessThan(100_000);
  }
});

test("it is given up after its own number of calls, which don't count among the others", async () => {
  const calls: string[] = [];
  const answers = ["unknown", "later", "unknown", "later", "unknown", "unknown"];
  const call = async () => {
    const answer = answers.shift() ?? "unknown";
    calls.push(answer);
    throw new Error(answer);
  };
  const how = {
    attempts: 3,
    baseMs: 0,
    isTransient: ({ message }: Error) => message === "later",
    isNotYet: ({ message }: Error) => message === "unknown",
    settleAttempts: 4,
  };
  await expect(withRetries(call, how as never)).rejects.toThrow("unknown");
  expect(calls).toEqual(["unknown", "later", "unknown", "later", "unknown", "unknown"]);
});
