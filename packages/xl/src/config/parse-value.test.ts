import { expect, test } from "vitest";
import { parseXlValue } from "./parse-value.js";

test.each([
  ["64", { kind: "number", value: 64 }],
  ["0x10", { kind: "number", value: 16, text: "0x10" }],
  [" 'a;b#c' ", { kind: "string", value: "a;b#c" }],
  [
    "[ 1, ['a'], ]",
    {
      kind: "list",
      items: [
        { kind: "number", value: 1 },
        { kind: "list", items: [{ kind: "string", value: "a" }] },
      ],
    },
  ],
])("%s", (text, value) => {
  expect(parseXlValue("key", text)).toEqual({ value });
});

test.each([
  ["", 0, 0, "`key` has no value"],
  ["word", 0, 4, "`word` is neither a number nor in quotes"],
  ["64; kernel = '/x'", 2, 17, "`; kernel = '/x'` does not belong behind the value of `key`"],
  ["64 # MiB", 3, 8, "`# MiB` does not belong behind the value of `key`"],
  ["'a\\x41b'", 2, 4, "xl does not know the escape `\\x`"],
  ["99999999999999999999", 0, 20, "`99999999999999999999` is too large a number"],
])("%s is none", (text, start, end, message) => {
  expect(parseXlValue("key", text)).toMatchObject({ problems: [{ start, end, message }] });
});
