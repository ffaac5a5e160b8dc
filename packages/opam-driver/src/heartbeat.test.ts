import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { heartbeat } from "./heartbeat.js";
import type { News } from "./install-progress.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a long build is told again and again, with the last line of its output", () => {
  const told: string[] = [];
  const beat = heartbeat(({ text }) => told.push(text));
  beat.report({ text: "building slowpkg" });
  vi.advanceTimersByTime(30_000);
  beat.line("+ /usr/bin/make (CWD=/r/build/slowpkg.1)");
  beat.line("- ocamlopt -c slow.ml");
  beat.line("");
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([
    "building slowpkg",
    "still building slowpkg, 30 s so far",
    "still building slowpkg, 1 min so far: ocamlopt -c slow.ml",
    "still building slowpkg, 1 min 30 s so far: ocamlopt -c slow.ml",
  ]);
  beat.report({ text: "installed slowpkg.1" });
  vi.advanceTimersByTime(300_000);
  expect(told).toHaveLength(5);
  beat.stop();
});

test("a reminder is marked as one, and keeps the count", () => {
  const told: News[] = [];
  const beat = heartbeat((news) => told.push(news));
  const count = { number: 2, total: 3 };
  beat.report({ text: "building slowpkg", count });
  vi.advanceTimersByTime(30_000);
  beat.stop();
  expect(told[1]).toEqual({ text: "still building slowpkg, 30 s so far", count, reminder: true });
});

test("nothing is said after the end", () => {
  const told: string[] = [];
  const beat = heartbeat(({ text }) => told.push(text));
  beat.report({ text: "building slowpkg" });
  beat.stop();
  vi.advanceTimersByTime(300_000);
  expect(told).toEqual(["building slowpkg"]);
});
