import { expect, test } from "vitest";
import { Meter } from "./meter.js";

const mebibyte = 2 ** 20;

test("rate and time left are those of the last seconds", () => {
  let now = 0;
  const meter = new Meter(() => now);
  expect(meter.line(0, 100 * mebibyte)).toBe("0.0 of 100.0 MiB");
  now = 2000;
  expect(meter.line(10 * mebibyte, 100 * mebibyte)).toBe("10.0 of 100.0 MiB, 5.0 MiB/s, 18 s left");
  // Slower from here on: after ten seconds the fast beginning is forgotten.
  for (let second = 1; second <= 20; second++) {
    now = 2000 + second * 1000;
    meter.line((10 + second / 2) * mebibyte, 100 * mebibyte);
  }
  now = 23_000;
  expect(meter.line(20.5 * mebibyte, 100 * mebibyte)).toBe(
    "20.5 of 100.0 MiB, 0.5 MiB/s, 2 min 39 s left",
  );
  now = 24_000;
  expect(meter.line(100 * mebibyte, 100 * mebibyte)).not.toContain("left");
});
