import { expect, test } from "vitest";
import { quote } from "./quote.js";

test("control characters of a file do not reach the terminal", () => {
  expect(quote("a\u001b[31mb\u0000\u0085")).toBe("`a\\x1b[31mb\\x00\\x85`");
});

test("a long text is cut", () => {
  expect(quote("x".repeat(61))).toBe(`\`${"x".repeat(60)}…\``);
  expect(quote("x".repeat(60))).toBe(`\`${"x".repeat(60)}\``);
});
