import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Signature } from "./signature.js";
import { signatures } from "./signatures.js";

/** The signatures of an interface file: first sentence of the comment, and top-level members. */
function readSignatures(text: string): Signature[] {
  const found = text.matchAll(
    /\(\*\* ((?:[^*]|\*(?!\)))*)\*\)\nmodule type (\w+) = sig\n([\s\S]*?)\nend\n/g,
  );
  return [...found].map(([, comment = "", name = "", text = ""]) => {
    const body = text.replaceAll(/\(\*[\s\S]*?\*\)/g, "");
    const members = (keyword: string): string[] =>
      [...body.matchAll(new RegExp(`^  ${keyword} (?:[^=:\\n]* )??(\\w+) *(?:[=:]|$)`, "gm"))].map(
        ([, member = ""]) => member,
      );
    return {
      name,
      doc: comment
        .trim()
        .replaceAll(/\s+/g, " ")
        .replaceAll(/\[(\w+)\]/g, "`$1`")
        .replace(/(?<=\.) [A-Z{].*/, ""),
      device: /^ {2}include\s+DEVICE/m.test(body),
      types: members("type"),
      modules: members("module"),
      values: members("val"),
    };
  });
}

test("the catalogue is what the OCaml library says", () => {
  const source = readFileSync(new URL("../lib/V1.mli", import.meta.url), "utf8");
  expect(readSignatures(source)).toEqual(signatures);
});
