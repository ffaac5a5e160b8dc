import { parse } from "#grammar";

/** Offsets into the text of the file, in UTF-16 units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A piece of the file, without the white space around it. */
export interface Token extends Range {
  readonly text: string;
}

/** A string as it is written: `raw` is what stands between the quotes. */
export interface RawString extends Range {
  readonly kind: "string";
  readonly raw: string;
  readonly isClosed: boolean;
}

/** A number, or text that lacks its quotes. */
export interface RawWord extends Token {
  readonly kind: "word";
}

export interface RawList extends Range {
  readonly kind: "list";
  readonly items: readonly RawValue[];
}

export type RawValue = RawString | RawWord | RawList;

/** `key = value` or `key += value`. */
export interface Assignment extends Range {
  readonly key: Token;
  readonly operator: "=" | "+=";
  readonly value: RawValue;
}

/** Where a statement stopped making sense. */
export interface ParseFailure {
  /** Where the statement begins. */
  readonly statement: number;
  /** The first character that does not fit; the length of the text at its end. */
  readonly offset: number;
  readonly tooDeep: boolean;
}

export interface Syntax {
  readonly assignments: readonly Assignment[];
  readonly failures: readonly ParseFailure[];
  /** A comment on the last line, when that line does not end. */
  readonly openComment: Range | undefined;
  /** The first carriage return that is neither in a string nor in a comment. */
  readonly carriageReturn: Range | undefined;
}

/**
 * Reads all statements. Behind one that does not fit, reading goes on at the next line that looks
 * like an assignment.
 */
export function parseSyntax(text: string): Syntax {
  const assignments: Assignment[] = [];
  const failures: ParseFailure[] = [];
  let openComment: Range | undefined;
  let carriageReturn: Range | undefined;
  let from: number | undefined = 0;
  while (from !== undefined) {
    const base: number = from;
    let parsed = base;
    try {
      parse(text.slice(base), {
        onAssignment: (assignment: Assignment) => {
          const shifted = shift(assignment, base);
          assignments.push(shifted);
          parsed = shifted.end;
        },
        onOpenComment: (range: Range) => {
          openComment = shifted(range, base);
        },
        onCarriageReturn: (range: Range) => {
          carriageReturn ??= shifted(range, base);
        },
      });
      from = undefined;
    } catch (error) {
      const { offset, tooDeep } = syntaxError(error);
      const statement = skipSeparators(text, parsed);
      const failure = { statement, offset: base + offset, tooDeep };
      failures.push(failure);
      from = nextStatement(text, failure);
    }
  }
  return { assignments, failures, openComment, carriageReturn };
}

function syntaxError(error: unknown): { offset: number; tooDeep: boolean } {
  if (error instanceof Error && error.name === "SyntaxError" && "location" in error) {
    const location = error.location as { start: { offset: number } };
    return { offset: location.start.offset, tooDeep: error.message === "too deep" };
  }
  throw error;
}

function skipSeparators(text: string, from: number): number {
  const separators = /(?:[ \t\r\n;\uFEFF]|#[^\n]*)*/y;
  separators.lastIndex = from;
  separators.test(text);
  return separators.lastIndex;
}

function nextStatement(text: string, { statement, offset }: ParseFailure): number | undefined {
  const assignment = /^[ \t]*[A-Za-z_][\w.-]*[ \t]*\+?=/gm;
  assignment.lastIndex = Math.max(text.lastIndexOf("\n", offset - 1), statement) + 1;
  return assignment.exec(text)?.index;
}

function shift(assignment: Assignment, by: number): Assignment {
  if (by === 0) return assignment;
  const { key, value } = assignment;
  return {
    ...assignment,
    ...shifted(assignment, by),
    key: { ...key, ...shifted(key, by) },
    value: shiftValue(value, by),
  };
}

function shiftValue(value: RawValue, by: number): RawValue {
  const range = shifted(value, by);
  if (value.kind !== "list") return { ...value, ...range };
  return { ...value, ...range, items: value.items.map((item) => shiftValue(item, by)) };
}

function shifted({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}
