import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import { parseRawGrammar, Registry } from "vscode-textmate";

const path = new URL("../syntaxes/mirage-conf.tmLanguage.json", import.meta.url).pathname;
const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");

const registry = new Registry({
  onigLib: loadWASM(readFileSync(wasm).buffer).then(() => ({
    createOnigScanner,
    createOnigString,
  })),
  loadGrammar: async () => parseRawGrammar(readFileSync(path, "utf8"), path),
});

/** The words of a line that have a scope of their own, with its first part. */
async function scopes(line: string): Promise<string[]> {
  const grammar = await registry.loadGrammar("source.mirage-conf");
  if (!grammar) throw new Error("no grammar");
  return grammar.tokenizeLine(line, null).tokens.flatMap(({ startIndex, endIndex, scopes }) => {
    const own = scopes.slice(1).at(-1)?.replace(".mirage-conf", "");
    return own === undefined ? [] : [`${line.slice(startIndex, endIndex)} ${own}`];
  });
}

const colon = ": punctuation.separator.key-value";

test.each([
  ["# http-port: 80", ["# http-port: 80 comment.line.number-sign"]],
  [
    "main-app: Unikernel.Main (console, my_disk)",
    [
      "main-app keyword.control.main",
      colon,
      "Unikernel entity.name.type.module",
      "Main entity.name.type.module",
      "console variable.parameter.device",
      "my_disk variable.parameter.device",
    ],
  ],
  [
    "Main-http: Dispatch.callback",
    [
      "Main-http keyword.control.main",
      colon,
      "Dispatch entity.name.type.module",
      "callback entity.name.function",
    ],
  ],
  [
    "fs-static-links: outside",
    ["fs- storage.type.declaration", "static-links variable.other.declaration", colon],
  ],
  [
    'argument-size: int = 16, "how large: # or so"',
    [
      "argument- storage.type.declaration",
      "size variable.other.declaration",
      colon,
      "16 constant.numeric",
      '"how large: # or so" string.quoted.double',
    ],
  ],
  [
    "ip-address: 10.0.0.2",
    ["ip-address support.type.property-name", colon, "10.0.0.2 constant.numeric.address"],
  ],
  [
    "ip-use-dhcp: true",
    ["ip-use-dhcp support.type.property-name", colon, "true constant.language.boolean"],
  ],
  ["depends: re.str, lwt", ["depends support.type.property-name", colon]],
  ["no entry", []],
])("%s", async (line, expected) => {
  expect(await scopes(line)).toEqual(expected);
});
