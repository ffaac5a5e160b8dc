import { quote } from "@mirage/diagnostics";
import type { ParseFailure, Range } from "./syntax.js";

export interface ParseProblem {
  readonly at: Range;
  readonly message: string;
  readonly hint: string;
}

/** Says what is wrong where a statement stopped making sense. */
export function parseProblem(text: string, failure: ParseFailure): ParseProblem {
  const { statement, offset } = failure;
  const continues =
    text[offset - 1] === "\\" && /^(?:\r?\n|$)/.test(text.slice(offset, offset + 2));
  const at = wordAt(text, continues ? offset - 1 : offset);
  const before = text.slice(statement, offset);
  const rest = text.slice(at.start, at.end);
  if (failure.tooDeep) {
    return { at, message: "lists are nested too deeply", hint: "xl has no use for such lists" };
  }
  if (rest.startsWith("\\")) {
    return {
      at,
      message: "there is no line continuation in an xl file",
      hint: "write the value on one line; only a list may go over several",
    };
  }
  if (/^[(){}]/.test(rest)) {
    return {
      at,
      message: `${quote(rest)} is Python, which xl does not run`,
      hint: "write a number, a string in quotes, or a list in square brackets",
    };
  }
  const key = /^[A-Za-z_][\w.-]*/.exec(before)?.[0];
  if (key === undefined) {
    return {
      at,
      message: `${quote(rest)} is not the beginning of an assignment`,
      hint: 'lines are written `key = value`, such as `memory = 64` or `name = "www"`',
    };
  }
  const assigned = /^[A-Za-z_][\w.-]*[ \t]*\+?=/.test(before);
  if (!assigned) {
    return {
      at: rest === "" ? { start: statement, end: statement + key.length } : at,
      message: `${quote(key)} is not followed by \`=\``,
      hint: `write \`${key} = value\``,
    };
  }
  if (/=[ \t\r]*$/.test(before)) {
    return {
      at: rest === "" ? { start: statement, end: statement + key.length } : at,
      message: `${quote(key)} has no value`,
      hint: "write a number, a string in quotes, or a list in square brackets behind the `=`",
    };
  }
  return behindValue(text, failure, key, at, rest);
}

function behindValue(
  text: string,
  { statement, offset }: ParseFailure,
  key: string,
  at: Range,
  rest: string,
): ParseProblem {
  const isList = /^[^=]*=[ \t]*\[/.test(text.slice(statement, offset));
  const looksLikeAssignment = /^(?:[A-Za-z_][\w.-]*[ \t]*)?\+?=/.test(text.slice(offset));
  if (isList && (offset >= text.length || looksLikeAssignment)) {
    const bracket = text.indexOf("[", statement);
    return {
      at: { start: bracket, end: bracket + 1 },
      message: `the list of ${quote(key)} has no closing \`]\``,
      hint: "write a `]` behind its last value",
    };
  }
  if (isList && rest.startsWith(",")) {
    return { at, message: "a value is missing before this comma", hint: "remove the comma" };
  }
  if (isList && /^['"[\w]/.test(rest)) {
    return {
      at,
      message: `a comma is missing before ${quote(rest)}`,
      hint: "the values of a list are separated by commas",
    };
  }
  return {
    at,
    message: `${quote(rest)} does not belong behind the value of ${quote(key)}`,
    hint: "put each assignment on a line of its own, and text in quotes",
  };
}

/** What stands at an offset, up to the next white space; at least nothing, at the end of a line. */
function wordAt(text: string, offset: number): Range {
  const word = /[^\s]*/y;
  word.lastIndex = offset;
  word.test(text);
  return { start: offset, end: Math.max(word.lastIndex, offset) };
}
