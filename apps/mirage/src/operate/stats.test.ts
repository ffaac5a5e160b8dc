import { expect, test } from "vitest";
import { ratesOf, readStats } from "./stats.js";

const first = readStats({
  uptime: 10,
  cpu: 1,
  memory: { heap: 1000, buffers: 20, budget: 4000 },
  connections: 2,
  requests: 5,
  network: { received: 100, sent: 1000 },
});

test("rates are what happened in a second of the program", () => {
  const then = readStats({
    uptime: 12,
    cpu: 1.5,
    requests: 25,
    network: { received: 300, sent: 1000 },
  });
  expect(ratesOf(first, then)).toEqual({ cpu: 25, requests: 10, received: 100, sent: 0 });
});

test("a program that was started again has no rates yet, and one without a clock no CPU", () => {
  expect(ratesOf(first, readStats({ uptime: 1, cpu: 0 }))).toBeUndefined();
  expect(ratesOf(first, readStats({ uptime: 11, cpu: null }))?.cpu).toBeUndefined();
});
