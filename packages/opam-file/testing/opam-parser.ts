import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Item, Value } from "../src/ast.js";

/** Whether OCaml and opam's own parser, the library opam-file-format, are at hand. */
export const hasOpamParser =
  spawnSync("ocamlfind", ["query", "opam-file-format"]).status === 0 &&
  spawnSync("ocamlfind", ["ocamlopt", "-version"]).status === 0;

if (!hasOpamParser) {
  console.warn("comparisons with opam's parser are skipped: there is no opam-file-format library");
}

/** What opam's own parser makes of texts, in the form of {@link dump}; `refused` for errors. */
export function parseByOpam(texts: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "opam-parser-"));
  try {
    const source = fileURLToPath(new URL("dump.ml", import.meta.url));
    const program = join(folder, "dump");
    run("cp", [source, `${program}.ml`], "");
    const libraries = ["-package", "opam-file-format", "-linkpkg"];
    run("ocamlfind", ["ocamlopt", ...libraries, `${program}.ml`, "-o", program], "");
    const input = texts.map((text) => `${Buffer.byteLength(text)}\n${text}`).join("");
    return run(program, [], input).split("\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], input: string): string {
  const result = spawnSync(command, args, {
    input: Buffer.from(input),
    encoding: "latin1",
    maxBuffer: 1e9,
  });
  if (result.status !== 0) throw result.error ?? new Error(`${command}: ${result.stderr}`);
  return result.stdout;
}

/** The items of a file in one line, as `dump.ml` prints them. */
export function dump(items: readonly Item[]): string {
  return items.map(dumpItem).join("");
}

function dumpItem(item: Item): string {
  if (item.kind === "field") return `(field ${encode(item.name)} ${dumpValue(item.value)})`;
  const label = item.label === undefined ? "" : ` label ${encode(item.label)}`;
  const items = item.items.map((inner) => ` ${dumpItem(inner)}`).join("");
  return `(section ${encode(item.name)}${label}${items})`;
}

function dumpValue(value: Value): string {
  switch (value.kind) {
    case "bool":
    case "int":
      return `(${value.kind} ${value.value})`;
    case "string":
      return `(string ${encode(value.value)})`;
    case "ident":
      return `(ident ${encode(value.name)})`;
    case "list":
    case "group":
      return dumpNode(value.kind, value.items);
    case "and":
    case "or":
      return value.items.map(dumpValue).reduce((left, right) => `(${value.kind} ${left} ${right})`);
    case "option":
      return dumpNode("option", [value.value, ...value.options]);
    case "relop":
    case "env":
      return dumpNode(`${value.kind} ${value.op}`, [value.left, value.right]);
    case "prefix-relop":
      return dumpNode(`prefix-relop ${value.op}`, [value.value]);
    default:
      return dumpNode(value.kind, [value.value]);
  }
}

function dumpNode(name: string, children: readonly Value[]): string {
  return `(${name}${children.map((child) => ` ${dumpValue(child)}`).join("")})`;
}

function encode(text: string): string {
  const bytes = [...text].flatMap((char) => {
    const code = char.charCodeAt(0);
    return char.length === 1 && code >= 0xdc80 && code <= 0xdcff
      ? [code - 0xdc00]
      : [...Buffer.from(char)];
  });
  return bytes
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-zA-Z0-9]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}
