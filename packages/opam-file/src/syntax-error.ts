import { lineIndex } from "@mirage/diagnostics";
import type { Problem } from "./text.js";

/** What the grammar could have gone on with: a literal, or the name of a rule. */
export type Expected =
  | { readonly type: "literal"; readonly text: string }
  | { readonly type: "other"; readonly description: string }
  | { readonly type: "end" | "class" | "any" };

const operators = new Set(["&", "|", "{", "=", "comparison", "environment update"]);
const atoms = ["string", "identifier", "integer"];
const valueStarts = new Set(["[", "(", "!", "?", "comparison", ...atoms]);

/** Puts a failure of the grammar at an offset into words. */
export function syntaxProblem(
  text: string,
  start: number,
  expected: readonly Expected[],
  open: readonly number[],
): Problem {
  const token = tokenAt(text, start);
  const found = token === "" ? "the file ends" : `found ${quote(token)}`;
  const alternatives = describe(expected);
  return {
    code: "SYNTAX",
    message: `expected ${alternatives}, but ${found}`,
    hint: hintFor(token, text, start, open),
    start,
    end: start + token.length,
  };
}

function describe(expected: readonly Expected[]): string {
  const words = new Set<string>();
  for (const item of expected) {
    if (item.type === "literal") words.add(item.text);
    else if (item.type === "other") words.add(item.description);
    else if (item.type === "end") words.add("the end of the file");
  }
  words.delete("whitespace");
  // A section may go on otherwise, but here somebody most likely forgot the colon of a field.
  if (words.has(":")) return "`:`";
  const names: string[] = [];
  if (words.has("[")) {
    for (const word of valueStarts) words.delete(word);
    names.push("a value");
  } else if (atoms.every((word) => words.has(word))) {
    for (const word of atoms) words.delete(word);
    names.push("a string, an identifier or an integer");
  }
  if (words.delete("name")) names.push("the name of a field");
  for (const word of words) {
    // Operators may follow nearly every value: to name them all says nothing.
    if (operators.has(word) && words.size + names.length > 1) continue;
    names.push(word.length === 1 ? quote(word) : word);
  }
  const last = names.pop() ?? "something else";
  return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
}

const tokenPattern =
  /[A-Za-z0-9_-]+(?:[+:][A-Za-z0-9_-]+)*|"{3}|"[^"\\\n]{0,30}"?|[=<>!&|+:~?]+|./suy;

function tokenAt(text: string, offset: number): string {
  tokenPattern.lastIndex = offset;
  return tokenPattern.exec(text)?.[0].slice(0, 60) ?? "";
}

function quote(token: string): string {
  const code = token.codePointAt(0) ?? 0;
  if (code <= 0x20 || (code >= 0x7f && code < 0xa1) || (code >= 0xd800 && code < 0xe000)) {
    return `the character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return `\`${token}\``;
}

function hintFor(
  token: string,
  text: string,
  offset: number,
  open: readonly number[],
): string | undefined {
  if (token === "," || token === ";") return "separate values by blanks";
  if (token === "'") return 'write strings between double quotes: `"…"`';
  if (token === "==") return "equality is written with one `=`";
  if (token === "&&" || token === "||") return `write \`${token[0]}\` once`;
  if (token === "\r") return "end lines with a newline, or a carriage return and a newline";
  const before = /[A-Za-z0-9_+-]+:[A-Za-z0-9_-]+$/.exec(
    text.slice(Math.max(0, offset - 80), offset).trimEnd(),
  );
  if (before !== null && open.length === 0) {
    return `put a blank after the colon: \`${before[0].replace(":", ": ")}\``;
  }
  const bracket = open.findLast((at) => "[({".includes(text.charAt(at)));
  if (bracket !== undefined && (token === "" || /^[\])}]/.test(token))) {
    const { line, column } = lineIndex(text).positionAt(bracket);
    return `the \`${text.charAt(bracket)}\` of line ${line}, column ${column} is still open`;
  }
  return undefined;
}
