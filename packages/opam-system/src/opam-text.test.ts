import { expect, test } from "vitest";
import { opamFile, opamList, opamString } from "./opam-text.js";

test("strings are quoted, lists have a line an item", () => {
  expect(opamString('a "b" \\c\nd')).toBe('"a \\"b\\" \\\\c\\nd"');
  expect(opamFile({ synopsis: opamString("S"), depends: opamList(['"a"', '"b" {= "1"}']) })).toBe(
    'opam-version: "2.0"\nsynopsis: "S"\ndepends: [\n  "a"\n  "b" {= "1"}\n]\n',
  );
  expect(opamList([])).toBe("[]");
});
