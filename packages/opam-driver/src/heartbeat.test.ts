import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { heartbeat } from "./heartbeat.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a long build is told again and again, with the last line of its output", () => {
  const told: string[] = [];
  const beat = heartbeat((text) => told.push(text));
  beat.report("building slowpkg (2 of 3)");
  vi.advanceTimersByTime(30_000);
  beat.line("+ /usr/bin/make (CWD=/r/build/slowpkg.1)");
  beat.line("- ocamlopt -c slow.ml");
  beat.line("");
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([
    "building slowpkg (2 of 3)",
    "still building slowpkg (2 of 3), 30 s so far",
    "still building slowpkg (2 of 3), 1 min so far: ocamlopt -c slow.ml",
    "still building slowpkg (2 of 3), 1 min 30 s so far: ocamlopt -c slow.ml",
  ]);
  beat.report("installed slowpkg.1 (2 of 3)");
  vi.advanceTimersByTime(300_000);
  expect(told).toHaveLength(5);
  beat.stop();
});

test("nothing is said after the end", () => {
  const told: string[] = [];
  const beat = heartbeat((text) => told.push(text));
  beat.report("building slowpkg");
  beat.stop();
  vi.advanceTimersByTime(300_000);
  expect(told).toEqual(["building slowpkg"]);
});
