import { expect, test } from "vitest";
import { kernelLine } from "./kernel-line.js";

test("variables, then arguments, each word as a kernel reads it", () => {
  const args = ["--a", "b c", '--say="x" \\', "A=B", "", "--n=1"];
  expect(kernelLine({ args, environment: { X: "1", Y: "a b" } })).toBe(
    'X=1 Y="a b" -- --a "b c" "--say=\\"x\\" \\\\" "A=B" "" --n=1',
  );
  expect(kernelLine({})).toBe("");
});

test("more than a kernel reads is refused", () => {
  expect(() => kernelLine({ args: ["x".repeat(4000)] })).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_RUN_COMMAND_LINE" }),
  );
});
