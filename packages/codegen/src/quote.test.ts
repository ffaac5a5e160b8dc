import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commentText, duneAtom, makeWord, ocamlString } from "./quote.js";

test("an OCaml string holds the text's bytes in printable ASCII", () => {
  expect(ocamlString('a"b\\c\n\t%é')).toBe('"a\\"b\\\\c\\010\\009%\\195\\169"');
});

test("make and the shell pass any word on as it is", () => {
  const words = fc
    .sample(fc.string({ minLength: 1, unit: "grapheme" }), 200)
    .map((word) => word.replaceAll(/[\0\r\n]/g, "$"));
  const recipe = words.map((word) => `\t@printf '%s\\n' ${makeWord(word)}`).join("\n");
  const printed = execFileSync("make", ["--file=-", "words"], {
    input: `words:\n${recipe}\n`,
    encoding: "utf8",
  });
  expect(printed.split("\n").slice(0, -1)).toEqual(words);
});

test("a dune atom is quoted if it has to be", () => {
  expect(duneAtom("mirage-runtime-unix.socket")).toBe("mirage-runtime-unix.socket");
  expect(duneAtom("a b%{c};")).toBe('"a b\\%{c};"');
});

test("nothing in a comment ends it", () => {
  expect(commentText('a*)"b\n{|é.conf')).toBe("a___b__|é.conf");
});

test.each(["a\nall:", "a\rb", "a\tb", "a\x00b"])("no rule can begin in %j", (text) => {
  expect(() => makeWord(text)).toThrow(/control character/);
});
