import { expect, test } from "vitest";
import { keepRunning, parseRestart } from "./restart.js";

/** A program that ends with these codes after so many milliseconds, one run after the other. */
function program(codes: readonly (number | Error)[], lengthMs = 10) {
  const told: string[] = [];
  let time = 0;
  let runs = 0;
  let isAsked = false;
  return {
    told,
    ask: () => {
      isAsked = true;
    },
    restarting: {
      run: async () => {
        const code = codes[runs++] ?? 0;
        time += lengthMs;
        if (code instanceof Error) throw code;
        return code;
      },
      isAsked: () => isAsked,
      restarting: (count: number, pauseMs: number, code: number) =>
        void told.push(`${count} after ${code}: ${pauseMs}`),
      failed: (error: unknown) => void told.push(String(error)),
      pause: async (ms: number) => {
        time += ms;
        return !isAsked;
      },
      now: () => time,
    },
  };
}

test("failures are started again, with pauses that double", async () => {
  const { told, restarting } = program([1, 2, 3, 0]);
  expect(await keepRunning(parseRestart("on-failure"), restarting)).toBe(0);
  expect(told).toEqual(["1 after 1: 500", "2 after 2: 1000", "3 after 3: 2000"]);
});

test("at most so often", async () => {
  const { told, restarting } = program([1, 2, 3, 4]);
  expect(await keepRunning(parseRestart("on-failure:2"), restarting)).toBe(3);
  expect(told.length).toBe(2);
  const always = program([0, 0, 5]);
  expect(await keepRunning(parseRestart("always:1"), always.restarting)).toBe(0);
  expect(always.told).toEqual(["1 after 0: 500"]);
});

test("pauses go up to a minute, and begin anew after a run of a minute", async () => {
  const short = program(Array.from({ length: 12 }, () => 1));
  await keepRunning(parseRestart("on-failure:11"), short.restarting);
  expect(short.told.at(-1)).toBe("11 after 1: 60000");
  const long = program([1, 1, 1], 60_000);
  await keepRunning(parseRestart("on-failure"), long.restarting);
  expect(long.told).toEqual(["1 after 1: 500", "2 after 1: 500", "3 after 1: 500"]);
});

test("who asked for the end does not get it back", async () => {
  const { told, ask, restarting } = program([1, 1]);
  const run = async () => {
    ask();
    return restarting.run();
  };
  expect(await keepRunning(parseRestart("always"), { ...restarting, run })).toBe(1);
  expect(told).toEqual([]);
});

test("what keeps it from starting is an error at first, and a failure later", async () => {
  const first = program([new Error("no program")]);
  await expect(keepRunning(parseRestart("always"), first.restarting)).rejects.toThrow("no program");
  const later = program([1, new Error("port taken"), 0]);
  expect(await keepRunning(parseRestart("on-failure"), later.restarting)).toBe(0);
  expect(later.told).toContain("Error: port taken");
});

test.each(["", "never", "always:", "on-failure:x", "always:1:2"])("%j is no policy", (text) => {
  expect(() => parseRestart(text)).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_USAGE" }));
});
