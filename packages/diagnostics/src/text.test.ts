import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { duration, quote, shellWord } from "./text.js";

test("control characters of a file do not reach the terminal", () => {
  expect(quote("a\u001b[31mb\u0000\u0085")).toBe("`a\\x1b[31mb\\x00\\x85`");
});

test("a long text is cut", () => {
  expect(quote("x".repeat(61))).toBe(`\`${"x".repeat(60)}…\``);
  expect(quote("x".repeat(60))).toBe(`\`${"x".repeat(60)}\``);
});

test("a shell reads each word back as it was", () => {
  const words = ["plain", "a=b", "=cat", "~", "it's", "", '$HOME `id` "x"', "a\nb", "*?[x]", "é"];
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${words.map(shellWord).join(" ")}`]);
  expect(`${stdout}`.split("\0").slice(0, -1)).toEqual(words);
  expect(shellWord("--option=/a/b:1,2")).toBe("--option=/a/b:1,2");
});

test.each([
  [-1, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [65, "1 min 5 s"],
  [3600, "1 h"],
  [7385, "2 h 3 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
