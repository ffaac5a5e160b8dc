import { expect, test } from "vitest";
import { checkXlLines } from "./check-xl.js";
import { parse } from "./testing/golden.js";

function problems(...lines: string[]) {
  return checkXlLines(parse(["main-noip: Hello.main", ...lines].join("\n")));
}

test("a key that xl does not know is a warning, with the nearest one that it knows", () => {
  expect(problems("xl-memory: 64", "xl-memroy: 64")).toMatchObject([
    {
      severity: "warning",
      code: "ERR_MIRAGE_XL_UNKNOWN_KEY",
      message: "xl does not know the key `memroy`, and ignores it",
      hint: "did you mean `memory`?",
      span: { start: { line: 3, column: 1 } },
    },
  ]);
});

test("values that xl does not take are errors", () => {
  const wrong = [
    'xl-memory: "much"',
    "xl-on_crash: 'preserv'",
    "xl-vif: [ 'mac=01:00:00:00:00:00' ]",
    "xl-disk: [ 'disk.img,raw' ]",
  ];
  expect(problems(...wrong)).toMatchObject([
    { severity: "error", message: "`memory` is a number" },
    { severity: "error", hint: "did you mean `preserve`?" },
    { severity: "error", code: "ERR_MIRAGE_XL_VIF", span: { start: { line: 4 } } },
    { severity: "error", code: "ERR_MIRAGE_XL_DISK", span: { start: { line: 5 } } },
  ]);
});

test("lines that xl takes, and another name for the domain", () => {
  expect(problems("xl-vcpus: 2", "xl-name: 'other'", "xl-cpuid: [ '0:eax=0x3' ]")).toEqual([]);
});
