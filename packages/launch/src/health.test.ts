import type { HealthState } from "@mirage/instances";
import { expect, test } from "vitest";
import { watchHealth } from "./health.js";

/** What is told while the program answers like this, `undefined` being that all is well. */
async function told(answers: readonly (string | undefined)[]): Promise<HealthState[]> {
  const states: HealthState[] = [];
  const left = [...answers];
  await watchHealth({
    ask: async () => {
      const answer = left.shift();
      if (answer === "silent") throw new Error("it does not answer");
      return answer;
    },
    pause: async () => left.length > 0,
    changed: (health) => states.push(health),
  });
  return states;
}

test("three failures in a row make it unhealthy, an answer makes it healthy again", async () => {
  expect(await told([undefined, "no", "no", undefined, "no", "no"])).toEqual([
    { state: "healthy" },
  ]);
  expect(await told([undefined, "no", "silent", "no", "no", undefined])).toEqual([
    { state: "healthy" },
    { state: "unhealthy", problem: "no" },
    { state: "healthy" },
  ]);
});

test("what has not begun yet is not unhealthy", async () => {
  expect(await told(["silent", "silent", "silent", "silent", undefined])).toEqual([
    { state: "healthy" },
  ]);
});
