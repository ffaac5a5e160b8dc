import { expect, test } from "vitest";
import { keepUpToDate } from "./index.js";

/** What happens, in order, for a program whose builds have these outcomes. */
async function story(builds: readonly ("changed" | "same" | "fails" | "crashes before")[]) {
  const log: string[] = [];
  const abort = new AbortController();
  let version = 0;
  let end = () => {};
  const queue = ["changed", ...builds];
  await keepUpToDate(
    {
      changes: {
        async next() {
          const [first] = queue;
          if (first === undefined) abort.abort();
          if (first === "crashes before") {
            end();
            await Promise.resolve();
          }
          return ["a.ml"];
        },
        close: async () => {},
      },
      async build() {
        const outcome = queue.shift();
        if (outcome === "fails") throw new Error("a type error");
        if (outcome !== "same") version++;
      },
      fingerprint: async () => String(version),
      async start() {
        log.push(`start ${version}`);
        const started = version;
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        return {
          ended,
          async stop() {
            log.push(`stop ${started}`);
            end();
          },
        };
      },
      onFailure: (error) => log.push((error as Error).message),
      onBuilt: (outcome) => log.push(outcome),
    },
    abort.signal,
  );
  return log;
}

test("a changed program replaces the one that runs", async () => {
  expect(await story(["changed"])).toEqual([
    "changed",
    "start 1",
    "changed",
    "stop 1",
    "start 2",
    "stop 2",
  ]);
});

test("the same program goes on", async () => {
  expect(await story(["same"])).toEqual(["changed", "start 1", "same", "stop 1"]);
});

test("a failed build leaves alone what runs, and the next one counts", async () => {
  expect(await story(["fails", "changed"])).toEqual([
    "changed",
    "start 1",
    "a type error",
    "changed",
    "stop 1",
    "start 2",
    "stop 2",
  ]);
});

test("one that ended by itself is started again after a change", async () => {
  expect(await story(["crashes before"])).toEqual([
    "changed",
    "start 1",
    "changed",
    "start 2",
    "stop 2",
  ]);
});
