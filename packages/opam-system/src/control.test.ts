import { expect, test } from "vitest";
import { parseControl } from "./control.js";

test("paragraphs, fields, continuation lines", () => {
  const stanzas = parseControl(
    "Package: a\nDepends: b,\n c (>= 1)\nDescription: one\n two\n .\n three\n\n\nPackage: b\nVersion: 1:2-3\n",
  );
  expect(stanzas.map((stanza) => Object.fromEntries(stanza))).toEqual([
    { Package: "a", Depends: "b,\nc (>= 1)", Description: "one\ntwo\n.\nthree" },
    { Package: "b", Version: "1:2-3" },
  ]);
});

test("no text, no stanza; a line that is no field is skipped", () => {
  expect(parseControl("")).toEqual([]);
  expect(parseControl(" lost\nrubbish\nPackage: a")).toEqual([new Map([["Package", "a"]])]);
});
